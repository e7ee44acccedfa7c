package io.github.threadfast;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** What threads are, and what is told to them. */
final class Threads {
  /** Thread.isVirtual, which came with 21; in a final field, so that it is compiled like a call. */
  private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

  private Threads() {}

  /** Returns whether it is one of those of which there may be millions. */
  static boolean isVirtual(Thread thread) {
    try {
      return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
    } catch (Error e) { // such as a StackOverflowError
      throw e;
    } catch (Throwable e) { // it throws nothing else
      throw new AssertionError(e);
    }
  }

  /** Does with {@code failure} what the JVM does with one that nobody catches. */
  static void report(Throwable failure) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable ignored) { // as the JVM does
    }
  }

  private static @Nullable MethodHandle isVirtual() {
    try {
      return MethodHandles.lookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException e) {
      return null;
    } catch (IllegalAccessException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
