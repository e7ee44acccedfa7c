package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RingTest {
  private final Ring<Object> ring = new Ring<>(2);

  @Test
  void takersThatAreHeldOff_findNothing_untilTheyAreLet() {
    ring.add("a", 0);

    ring.holdTakers();
    assertNull(ring.tryTake());
    assertEquals(1, ring.size());
    ring.letTakers();

    assertEquals("a", ring.tryTake());
  }

  @Test
  void whatWasTaken_isNotKept() {
    List<WeakReference<Object>> taken = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      Object item = new Object();
      ring.add(item, 0);
      taken.add(new WeakReference<>(item));
    }
    for (int i = 0; i < 5; i++) {
      ring.tryTake();
    }
    ring.takeAll();

    Actor.await(
        "all are collected",
        () -> {
          System.gc();
          return taken.stream().allMatch(item -> item.get() == null);
        });
  }

  /** So many that a taker is slower than a whole round. */
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // or they would keep the processor from each other
  void eachOfManyItems_isTakenOnce_byOneOfManyTakers() throws Exception {
    int items = 300_000;
    AtomicBoolean isOver = new AtomicBoolean();
    List<List<Integer>> taken = new ArrayList<>();
    List<Actor> takers = new ArrayList<>();
    Ring<Integer> ring = new Ring<>(2);
    for (int i = 0; i < 4; i++) {
      List<Integer> mine = new ArrayList<>();
      taken.add(mine);
      takers.add(
          Actor.start(
              "taker " + i,
              () -> {
                boolean isLast = false;
                while (!isLast) {
                  isLast = isOver.get();
                  for (Integer item = ring.tryTake(); item != null; item = ring.tryTake()) {
                    mine.add(item);
                  }
                  Thread.yield();
                }
              }));
    }
    for (int item = 0; item < items; ) {
      if (ring.hasFewerThan(3)) {
        ring.add(item++, 0);
      } else {
        Thread.yield();
      }
    }
    isOver.set(true);
    for (Actor taker : takers) {
      taker.join();
    }

    List<Integer> all = new ArrayList<>();
    for (List<Integer> mine : taken) {
      for (int i = 1; i < mine.size(); i++) {
        assertTrue(mine.get(i - 1) < mine.get(i), "it got an earlier one later");
      }
      all.addAll(mine);
    }
    all.sort(null);
    assertEquals(items, all.size());
    for (int item = 0; item < items; item++) {
      assertEquals(item, all.get(item));
    }
  }
}
