package io.github.threadfast.testkit.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ProgressTest {

  @Test
  void count_isWhatTheThreadItselfReturnedFrom() {
    Progress progress = new Progress(3);

    progress.returned(0, 5);
    progress.returned(2, 7);

    assertEquals(5, progress.count(0));
    assertEquals(0, progress.count(1));
    assertEquals(7, progress.count(2));
  }

  @Test
  void count_reachesOtherThreadsTogetherWithWhatWasDoneBefore()
      throws InterruptedException, ExecutionException {
    int calls = 200_000;
    Progress progress = new Progress(2);
    int[] effects = new int[calls + 1];
    AtomicInteger missing = new AtomicInteger();

    try (Crew crew = new Crew(2)) {
      crew.runAll(
          2,
          thread -> {
            if (thread == 0) {
              for (int call = 1; call <= calls; call++) {
                effects[call] = 1;
                progress.returned(0, call);
              }
            } else {
              for (int seen = 0; seen < calls; ) {
                seen = progress.count(0);
                missing.addAndGet(seen == 0 ? 0 : 1 - effects[seen]);
              }
            }
          });
    }

    assertEquals(0, missing.get());
  }

  @Test
  void count_reachesAThreadThatSpinsForIt() throws InterruptedException, ExecutionException {
    Progress progress = new Progress(2);

    try (Crew crew = new Crew(2)) {
      crew.runAll(
          2,
          thread -> {
            if (thread == 0) {
              // long enough for the other's loop to be compiled, which may then read but once
              for (int spin = 0; spin < 20_000_000; spin++) {
                Thread.onSpinWait();
              }
              progress.returned(0, 1);
            } else {
              while (progress.count(0) == 0) {}
            }
          });
    }

    assertEquals(1, progress.count(0));
  }
}
