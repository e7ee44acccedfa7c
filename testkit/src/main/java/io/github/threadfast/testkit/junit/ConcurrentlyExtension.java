package io.github.threadfast.testkit.junit;

import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Puts many runs in the place of one call of a test method. */
final class ConcurrentlyExtension implements InvocationInterceptor {
  private static final int MAX_THREADS = 1_000;

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context)
      throws Throwable {
    runConcurrently(invocation, call);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context)
      throws Throwable {
    runConcurrently(invocation, call);
  }

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> call,
      ExtensionContext context) {
    throw new IllegalArgumentException(
        "@Concurrently can't run the dynamic tests of %s. Write them as a @Test or a @ParameterizedTest."
            .formatted(call.getExecutable().getName()));
  }

  private static void runConcurrently(
      Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> call)
      throws Throwable {
    Concurrently concurrently = annotationOf(call);
    requireBetween("threads", 2, MAX_THREADS, concurrently.threads());
    requireBetween("times", 1, Integer.MAX_VALUE, concurrently.times());
    requireBetween("secondsPerRound", 1, Integer.MAX_VALUE, concurrently.secondsPerRound());
    Method test = call.getExecutable();
    Object instance = call.getTarget().orElse(null);
    Object[] arguments = call.getArguments().toArray();
    invocation.skip();
    new Rounds(concurrently, () -> ReflectionSupport.invokeMethod(test, instance, arguments)).run();
  }

  private static Concurrently annotationOf(ReflectiveInvocationContext<Method> call) {
    Optional<Concurrently> ofMethod =
        AnnotationSupport.findAnnotation(call.getExecutable(), Concurrently.class);
    Class<?> type = call.getTargetClass();
    for (; ofMethod.isEmpty() && type != null; type = type.getEnclosingClass()) {
      ofMethod = AnnotationSupport.findAnnotation(type, Concurrently.class);
    }
    return ofMethod.orElseThrow();
  }

  private static void requireBetween(String name, int least, int most, int value) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          most == Integer.MAX_VALUE
              ? "%s must be at least %d: was %d.".formatted(name, least, value)
              : "%s must be from %d to %d: was %d.".formatted(name, least, most, value));
    }
  }
}
