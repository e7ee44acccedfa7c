package io.github.threadfast.testkit.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RendezvousTest {
  private static final int PARTIES = 3;

  private final Crew crew = new Crew(PARTIES);

  @AfterEach
  void close() {
    crew.close();
  }

  @Test
  void await_letsNobodyGoBeforeAllArrivedAndShowsWhatTheyDid()
      throws InterruptedException, ExecutionException {
    int rounds = 500; // a processor that others use costs a turn of theirs in each
    Rendezvous rendezvous = new Rendezvous(PARTIES);
    int[][] written = new int[rounds][PARTIES];
    AtomicInteger missing = new AtomicInteger();

    crew.runAll(
        PARTIES,
        thread -> {
          for (int round = 0; round < rounds; round++) {
            written[round][thread] = 1;
            rendezvous.await(round);
            for (int other = 0; other < PARTIES; other++) {
              missing.addAndGet(1 - written[round][other]);
            }
          }
        });

    assertEquals(0, missing.get());
  }

  @Test
  void await_ofAPartyOfOne_isPassedAtOnce() {
    Rendezvous rendezvous = new Rendezvous(1);

    assertTrue(rendezvous.await(0));
    assertTrue(rendezvous.await(1));
  }

  @Test
  void stop_endsTheWaitOfThoseWhoseRoundIsNotComplete()
      throws InterruptedException, ExecutionException {
    for (int repetition = 0; repetition < 500; repetition++) {
      Rendezvous rendezvous = new Rendezvous(PARTIES);
      AtomicInteger passed = new AtomicInteger();

      crew.runAll(
          PARTIES,
          thread -> {
            if (thread == 0) {
              rendezvous.stop();
            } else if (rendezvous.await(0)) {
              passed.incrementAndGet();
            }
          });

      assertEquals(0, passed.get());
    }
  }

  @Test
  void await_afterStop_isNotPassed() {
    Rendezvous rendezvous = new Rendezvous(1);

    rendezvous.stop();

    assertFalse(rendezvous.await(0));
  }
}
