package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.testkit.run.Crew;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchdogTest {
  private static final Duration STALL = Duration.ofMillis(700);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Crew crew = new Crew(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private int looks;

  @AfterEach
  void close() {
    end.countDown();
    crew.close();
  }

  private Future<?> taskUntilTheEnd() {
    return crew.direct(() -> {
      end.await();
      return "done";
    });
  }

  /** A machine that stands still between two looks, longer than there is patience. */
  private long standStill() {
    looks++;
    if (looks == 1) {
      long start = System.nanoTime();
      while (System.nanoTime() - start < 2 * PATIENCE.toNanos()) { // what is tested is a clock
        LockSupport.parkNanos(2 * PATIENCE.toNanos());
      }
    } else if (looks == 3) {
      end.countDown();
    }
    return 0;
  }

  @Test
  void await_whereTheMachineStoodStill_goesOn() throws Exception {
    Future<?> task = taskUntilTheEnd();

    assertEquals(
        Optional.empty(), new Watchdog(crew, this::standStill, STALL).await(task, PATIENCE));
  }

  @Test
  void await_ofWhatDoesNotEnd_losesPatience() {
    Future<?> task = taskUntilTheEnd();

    assertThrows(
        TimeoutException.class, () -> new Watchdog(crew, () -> 0, STALL).await(task, PATIENCE));
  }
}
