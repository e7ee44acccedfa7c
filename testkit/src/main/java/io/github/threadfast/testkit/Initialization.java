package io.github.threadfast.testkit;

import io.github.threadfast.testkit.function.Function0;
import io.github.threadfast.testkit.scenario.Values;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What makes its value when it is first asked for it. */
interface Initialization {
  /** Returns the value, or what it is instead. */
  @Nullable Object get() throws Throwable;

  /** Returns how often the value was made. */
  int count();

  /** The user's object. */
  final class OfLazy<L> implements Initialization, Values.Wrapper {
    private final AtomicInteger count = new AtomicInteger();
    private final L lazy;
    private final Function0<? super L> get;

    OfLazy(Function<Supplier<Object>, ? extends L> lazy, Function0<? super L> get) {
      this.lazy = lazy.apply(this::initialize);
      this.get = get;
    }

    @SuppressWarnings("ThreadPriorityCheck") // gives the others time to ask, too
    private Object initialize() {
      int number = count.incrementAndGet();
      Thread.yield();
      return new Value(number);
    }

    @Override
    public @Nullable Object get() throws Throwable {
      Object value = get.apply(lazy);
      return value instanceof Value made ? made.describe() : value;
    }

    @Override
    public int count() {
      return count.get();
    }

    @Override
    public Object wrapped() {
      return lazy;
    }
  }

  /**
   * The plain field is written when the value is made; who sees it without that sees it too early.
   */
  final class Value {
    private int number;

    Value(int number) {
      this.number = number;
    }

    String describe() {
      int seen = number;
      return seen == 0 ? "an unfinished value" : "value " + seen;
    }
  }

  /** How it must be. */
  final class Model implements Initialization {
    private int count;

    @Override
    public Object get() {
      count = 1;
      return "value 1";
    }

    @Override
    public int count() {
      return count;
    }
  }
}
