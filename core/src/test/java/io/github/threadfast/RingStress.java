package io.github.threadfast;

import io.github.threadfast.testkit.Stress;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several threads on one {@code Ring}: as in a {@code WorkQueue}, but without waiting. */
@Timeout(60)
class RingStress {
  private static final Duration BUDGET = Duration.ofSeconds(2);

  /** What a queue does with items. This one is the model: one thread uses it. */
  static class Line {
    private final Deque<Integer> items = new ArrayDeque<>();

    void add(int item) {
      items.add(item);
    }

    @Nullable Integer take() {
      return items.poll();
    }

    List<Integer> takeAll() {
      List<Integer> all = new ArrayList<>(items);
      items.clear();
      return all;
    }

    int size() {
      return items.size();
    }

    boolean hasFewerThan(int limit) {
      return items.size() < limit;
    }

    /** Returns how many items are reachable. */
    long kept() throws ReflectiveOperationException {
      return items.size();
    }
  }

  static final class SharedLine extends Line {
    private final Object lock = new Object();
    private final Ring<Integer> ring;

    SharedLine(int length) {
      ring = new Ring<>(length);
    }

    @Override
    void add(int item) {
      synchronized (lock) {
        ring.add(item, 0);
      }
    }

    @Override
    @Nullable Integer take() {
      Integer item = ring.tryTake();
      if (item != null) {
        return item;
      }
      synchronized (lock) {
        return ring.take();
      }
    }

    @Override
    List<Integer> takeAll() {
      synchronized (lock) {
        return ring.takeAll();
      }
    }

    @Override
    int size() {
      synchronized (lock) {
        ring.holdTakers();
        try {
          return ring.size();
        } finally {
          ring.letTakers();
        }
      }
    }

    @Override
    boolean hasFewerThan(int limit) {
      synchronized (lock) {
        return ring.hasFewerThan(limit);
      }
    }

    @Override
    long kept() throws ReflectiveOperationException {
      Field slots = Ring.class.getDeclaredField("slots");
      slots.setAccessible(true);
      return Arrays.stream((Object[]) slots.get(ring)).filter(Objects::nonNull).count();
    }
  }

  private static <L extends Line> L filled(L line, int taken, int waiting) {
    for (int i = 0; i < taken; i++) {
      line.add(0);
      line.take();
    }
    for (int i = 0; i < waiting; i++) {
      line.add(10 + i);
    }
    return line;
  }

  /** The slots are those of the beginning, or are used again, or are too few. */
  @ParameterizedTest
  @CsvSource({"2, 0, 0", "2, 1, 1", "2, 3, 2", "4, 3, 3", "16, 5, 2"})
  void takersAgree_withEachOther_andWithWhoHasTheLock(int length, int taken, int waiting) {
    Stress.<Line>of(() -> filled(new SharedLine(length), taken, waiting))
        .against(() -> filled(new Line(), taken, waiting))
        .action("add 1", line -> line.add(1))
        .action("add 2", line -> line.add(2))
        .operation("take", Line::take)
        .operation("take, too", Line::take)
        .operation("takeAll", Line::takeAll)
        .operation("size", Line::size)
        .operation("has fewer than 2", line -> line.hasFewerThan(2))
        .invariant("nothing is kept but what waits", line -> line.kept() == line.size())
        .budget(BUDGET)
        .assertLinearizable();
  }

  /** Few operations, so that even a taker that is slow while items move is seen in each run. */
  @ParameterizedTest
  @CsvSource({"2, 0, 2", "2, 3, 2", "4, 3, 4"})
  void aTakerThatRacesWithTheMoveOfItems_leavesNothingBehind(int length, int taken, int waiting) {
    Stress.<Line>of(() -> filled(new SharedLine(length), taken, waiting))
        .against(() -> filled(new Line(), taken, waiting))
        .action("add", line -> line.add(1))
        .operation("take", Line::take)
        .invariant("nothing is kept but what waits", line -> line.kept() == line.size())
        .budget(BUDGET)
        .assertLinearizable();
  }
}
