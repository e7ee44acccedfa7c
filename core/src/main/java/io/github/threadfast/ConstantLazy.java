package io.github.threadfast;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lazy value that the JIT compiler takes for a constant. */
record ConstantLazy<T>(OnceLazy<T> once, MutableCallSite site) implements Lazy<T> {
  /*
   * Idea. The JIT compiler trusts the fields of a record, and the target of a call site: where the
   * record is a constant, so is the target, and compiled code is thrown away when it is changed. The
   * target first asks the lazy value, and once there is a value, returns that. So code compiled
   * after that holds the value itself.
   *
   * State. once knows the truth. The target of site lags behind it.
   *
   * Invariants. The target is changed once, by the thread that made the value, after the value was
   * published: so a thread that gets the value finds it in once as well, whatever it asks.
   *
   * Ordering. The target is no volatile variable. Whoever reads the old one asks once, which acquires
   * (P1 of OnceLazy). Whoever reads the new one reads, through it, a final field of the handle,
   * which was written after all that the initializer did: so it sees everything that can be reached
   * from the value at least as it was then (JLS 17.5). syncAll bounds how long the old one is seen.
   * What the initializer wrote elsewhere is not ordered by that: the Javadoc says so.
   *
   * Why not a StableValue? It is a preview on 25 and missing on 17.
   *
   * References. J. Rose, Bytecodes meet Combinators: invokedynamic on the JVM, VMIL 2009; the Java
   * Language Specification, 17.5; the Javadoc of MutableCallSite.
   */

  private static final MethodType TYPE = MethodType.methodType(Object.class);
  private static final MethodHandle GET;

  static {
    try {
      GET = MethodHandles.lookup().findVirtual(OnceLazy.class, "get", TYPE);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  static <T> ConstantLazy<T> of(@Nullable String name, Supplier<? extends T> initializer) {
    MutableCallSite site = new MutableCallSite(TYPE);
    OnceLazy<T> once = new Once<>(name, initializer, site);
    site.setTarget(GET.bindTo(once));
    return new ConstantLazy<>(once, site);
  }

  /** Changes the target when it has its value. */
  private static final class Once<T> extends OnceLazy<T> {
    private final MutableCallSite site;

    Once(@Nullable String name, Supplier<? extends T> initializer, MutableCallSite site) {
      super(name, initializer);
      this.site = site;
    }

    @Override
    void publish(T made) {
      super.publish(made);
      site.setTarget(MethodHandles.constant(Object.class, made));
      MutableCallSite.syncAll(new MutableCallSite[] {site});
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the target returns what once does
  public T get() {
    try {
      return (T) (Object) site.getTarget().invokeExact();
    } catch (Throwable failure) { // of the initializer
      throw OnceLazy.<RuntimeException>rethrow(failure);
    }
  }

  @Override
  public T get(Duration timeout) throws InterruptedException, TimeoutException {
    return once.get(timeout);
  }

  @Override
  public boolean isInitialized() {
    return once.isInitialized();
  }

  @Override
  public @Nullable T peek() {
    return once.peek();
  }

  @Override
  public String toString() {
    return once.toString();
  }
}
