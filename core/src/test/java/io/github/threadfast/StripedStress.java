package io.github.threadfast;

import io.github.threadfast.testkit.Checks;
import io.github.threadfast.testkit.Stress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Several threads on one {@code Striped}: red without its locks. That a fold takes all of them at
 * once shows only where three threads meet, which is rare on few processors: {@code StripedTest}
 * sees to that, too.
 */
class StripedStress {

  /** Sums, one for each of two stripes, which take a while to change, and to look at. */
  private static final class Sums {
    private final Striped<int[]> stripes = Striped.of(2, () -> new int[1]);

    void increment() {
      stripes.update(Sums::incrementSlowly);
    }

    void add(int n) {
      stripes.update(sum -> sum[0] += n);
    }

    int sum() {
      return stripes.<Integer>fold(
          0,
          (total, sum) -> {
            int result = total + sum[0];
            pause();
            return result;
          });
    }

    private static void incrementSlowly(int[] sum) {
      int before = sum[0];
      pause();
      sum[0] = before + 1;
    }

    @SuppressWarnings("ThreadPriorityCheck") // gives the others time to come between
    private static void pause() {
      Thread.yield();
    }
  }

  @Test
  void updatesAndFold_areLinearizable() {
    Stress.of(Sums::new)
        .action("increment", Sums::increment)
        .action("add 10", sums -> sums.add(10))
        .operation("sum", Sums::sum)
        .threads(4)
        .assertLinearizable();
  }

  @Test
  void noUpdateIsLost() {
    Checks.assertNoLostUpdate(Sums::new, Sums::increment, Sums::sum);
  }

  /** Values that tell how many of them are open, and are not used when they are closed. */
  private static final class Closeable {
    private static final int GONE = -1;

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final Striped<AtomicInteger> stripes =
        Striped.closeable("counts", 3, this::make, this::close);

    private AtomicInteger make() {
      made.incrementAndGet();
      return new AtomicInteger();
    }

    private void close(AtomicInteger value) {
      value.set(GONE);
      closed.incrementAndGet();
    }

    /** Returns whether it was open. */
    boolean use() {
      try {
        stripes.update(value -> {
          if (value.get() == GONE) {
            throw new AssertionError("a closed value was used");
          }
          value.incrementAndGet();
        });
        return true;
      } catch (IllegalStateException e) {
        return false;
      }
    }

    void close() {
      stripes.close();
    }

    void closeInAHurry() {
      Thread.currentThread().interrupt();
      close();
      if (!Thread.interrupted()) {
        throw new AssertionError("the interrupt status was not kept");
      }
    }

    /** Returns how many are open after a close. */
    int leftOpen() {
      close();
      return made.get() - closed.get();
    }
  }

  @Test
  void close_isLinearizableAndLeavesNothingOpen() {
    Stress.of(Closeable::new)
        .operation("use", Closeable::use)
        .action("close", Closeable::close)
        .afterwards("left open", Closeable::leftOpen)
        .assertLinearizable();
  }

  @Test
  void closeInAHurry_isLinearizableAndLeavesNothingOpen() {
    Stress.of(Closeable::new)
        .operation("use", Closeable::use)
        .action("close", Closeable::closeInAHurry)
        .afterwards("left open", Closeable::leftOpen)
        .assertLinearizable();
  }
}
