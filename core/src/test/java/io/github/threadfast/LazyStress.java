package io.github.threadfast;

import io.github.threadfast.testkit.Checks;
import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several threads on one {@code Lazy}: red without its compare-and-sets. */
class LazyStress {

  @ParameterizedTest
  @EnumSource
  void everyVariant_isInitializedOnce(LazyTest.Variant variant) {
    Checks.assertInitializedOnce(initializer -> variant.make("lazy", initializer), Lazy::get);
  }

  @ParameterizedTest
  @EnumSource
  void everyVariant_isLinearizable(LazyTest.Variant variant) {
    Stress.of(() -> new Subject(runs -> variant.make("lazy", runs), 0))
        .operation("get", Subject::get)
        .operation("peek", Subject::peek)
        .operation("isInitialized", Subject::isInitialized)
        .afterwards("runs", Subject::runs)
        .assertLinearizable();
  }

  @Test
  void aLazyThatFailsAtFirst_isLinearizable() {
    Stress.of(() -> new Subject(Lazy::of, FAILURES))
        .operation("get", Subject::get)
        .operation("peek", Subject::peek)
        .operation("isInitialized", Subject::isInitialized)
        .afterwards("runs", Subject::runs)
        .against(new Retrying())
        .assertLinearizable();
  }

  @Test
  void cachingFailure_isLinearizable() {
    Stress.of(() -> new Subject(Lazy::cachingFailure, FAILURES))
        .operation("get", Subject::get)
        .operation("peek", Subject::peek)
        .operation("isInitialized", Subject::isInitialized)
        .afterwards("runs", Subject::runs)
        .assertLinearizable();
  }

  @Test
  void closeable_isLinearizable() {
    Stress.of(() -> new Closeable(0))
        .operation("get", Closeable::get)
        .operation("peek", Closeable::peek)
        .operation("isInitialized", Closeable::isInitialized)
        .action("close", Closeable::close)
        .afterwards("opened", Closeable::opened)
        .afterwards("closed", Closeable::closed)
        .assertLinearizable();
  }

  /** A value that is closed as soon as it is made was opened, but nobody has got it. */
  @Test
  void closeable_inAHurry_isLinearizableAndLeavesNothingOpen() {
    Stress.of(() -> new Closeable(0))
        .operation("get", Closeable::get)
        .operation("peek", Closeable::peek)
        .action("close", Closeable::close)
        .action("close in a hurry", Closeable::closeInAHurry)
        .afterwards("left open", lazy -> lazy.opened() - lazy.closed())
        .assertLinearizable();
  }

  @Test
  void closeable_thatFailsAtFirst_leavesNothingOpen() {
    Stress.of(() -> new Closeable(FAILURES))
        .operation("get", Closeable::get)
        .action("close", Closeable::close)
        .action("close in a hurry", Closeable::closeInAHurry)
        .invariant("a value is open if and only if it is there", Closeable::isBalanced)
        .assertInvariants();
  }

  private static final int FAILURES = 2;

  /** A lazy value that tells how often it was made: a number, after some failures. */
  private static class Subject {
    final Lazy<Integer> lazy;
    private final AtomicInteger runs = new AtomicInteger();
    private final int failures;

    Subject(Function<Supplier<Integer>, Lazy<Integer>> factory, int failures) {
      this.failures = failures;
      this.lazy = factory.apply(this::initialize);
    }

    @SuppressWarnings("ThreadPriorityCheck") // gives the others time to wait
    private Integer initialize() {
      int run = runs.incrementAndGet();
      Thread.yield();
      if (run <= failures) {
        throw new IllegalArgumentException("failure " + run);
      }
      return run;
    }

    String get() {
      try {
        return "value " + lazy.get();
      } catch (IllegalArgumentException e) {
        return e.getMessage();
      }
    }

    Integer peek() {
      return lazy.peek();
    }

    boolean isInitialized() {
      return lazy.isInitialized();
    }

    int runs() {
      return runs.get();
    }
  }

  private static final class Closeable extends Subject {
    private final AtomicInteger closed;

    Closeable(int failures) {
      this(failures, new AtomicInteger());
    }

    private Closeable(int failures, AtomicInteger closed) {
      super(runs -> Lazy.closeable(runs, value -> closed.incrementAndGet()), failures);
      this.closed = closed;
    }

    void close() {
      ((CloseableLazy<?>) lazy).close();
    }

    void closeInAHurry() {
      Thread.currentThread().interrupt();
      close();
      if (!Thread.interrupted()) {
        throw new AssertionError("the interrupt status was not kept");
      }
    }

    @Override
    String get() {
      try {
        return super.get();
      } catch (IllegalStateException e) {
        return "closed";
      }
    }

    int opened() {
      return lazy.isInitialized() || closed() > 0 ? 1 : 0;
    }

    int closed() {
      return closed.get();
    }

    boolean isBalanced() {
      int made = Math.max(0, runs() - FAILURES);
      return made - closed() == (lazy.isInitialized() ? 1 : 0);
    }
  }

  /**
   * The state is how often the initializer has run. A get runs it, or gets the failure of the last
   * run, for whose end it has waited.
   */
  private static final class Retrying implements Model<Integer> {
    private static final int GOOD = FAILURES + 1;

    @Override
    public Integer initial() {
      return 0;
    }

    @Override
    public Collection<Transition<Integer>> step(Integer runs, Invocation call) {
      boolean made = runs == GOOD;
      return switch (call.operation()) {
        case "get" -> get(runs);
        case "peek" -> List.of(Transition.returned(made ? runs : null, runs));
        case "isInitialized" -> List.of(Transition.returned(made, runs));
        case "runs" -> List.of(Transition.returned(runs, runs));
        default -> throw new AssertionError(call);
      };
    }

    private static Collection<Transition<Integer>> get(int runs) {
      if (runs == GOOD) {
        return List.of(Transition.returned("value " + runs, runs));
      }
      List<Transition<Integer>> possible = new ArrayList<>();
      int next = runs + 1;
      possible.add(Transition.returned((next == GOOD ? "value " : "failure ") + next, next));
      if (runs > 0) {
        possible.add(Transition.returned("failure " + runs, runs));
      }
      return possible;
    }
  }
}
