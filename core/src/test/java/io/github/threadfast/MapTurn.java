package io.github.threadfast;

import java.util.concurrent.CountDownLatch;

/**
 * A thread that has its turn to change a key of a map, until it is told to end: the value stays
 * what it is.
 */
final class MapTurn<K> implements AutoCloseable {
  private final CountDownLatch taken = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final Actor actor;
  private int runs;

  /** Loses races on purpose until it is its turn. {@code inTurn} is run then. */
  MapTurn(String name, ReadMostlyMap<K, Integer> map, K key, Runnable inTurn) {
    actor =
        Actor.start(
            name,
            () ->
                map.compute(
                    key,
                    (k, value) -> {
                      if (++runs < BinTable.MOST_RUNS) {
                        rival(() -> map.merge(key, 1_000, Integer::sum));
                      } else {
                        taken.countDown();
                        Call.await(end);
                        inTurn.run();
                      }
                      return value + 1;
                    }));
    Call.await(taken);
  }

  MapTurn(ReadMostlyMap<K, Integer> map, K key) {
    this("turn", map, key, () -> {});
  }

  /** Runs something in another thread, to its end. */
  static void rival(Actor.Body body) {
    try {
      Actor.run("rival", body);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  void end() {
    end.countDown();
  }

  /** Waits until it waits for another turn: it waits for its own end with a limit. */
  void awaitWaitingForAnother() {
    Actor.await(
        "it waits for another turn", () -> actor.thread().getState() == Thread.State.WAITING);
  }

  /** Throws what it has thrown. */
  void join() throws Exception {
    end();
    actor.join();
  }

  @Override
  public void close() {
    end();
  }
}
