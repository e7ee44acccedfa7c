package io.github.threadfast;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The items that wait for a worker, in an order. It is used with a lock, but for {@link #tryTake},
 * and runs no code of the user.
 */
sealed interface Items<T> permits Ring, Items.Stack, Items.ByRank {
  /** Adds an item of which {@link Order#rankOf} has said what it is worth. */
  void add(T item, long rank);

  /** Takes out the next one, or returns null if there is none. */
  @Nullable T take();

  /** As {@link #take}, but without the lock; or returns null if that can't be done. */
  default @Nullable T tryTake() {
    return null;
  }

  /** Lets nobody take without the lock. */
  default void holdTakers() {}

  /** Lets them take again. */
  default void letTakers() {}

  int size();

  /** Returns whether there are fewer than {@code limit}. */
  default boolean hasFewerThan(int limit) {
    return size() < limit;
  }

  /** Takes out all, in order. */
  default List<T> takeAll() {
    List<T> all = new ArrayList<>(size());
    for (T item = take(); item != null; item = take()) {
      all.add(item);
    }
    return all;
  }

  /** In which order items are taken. */
  sealed interface Order<T> {
    /** Returns what an item is worth. It may run code of the user. */
    long rankOf(T item);

    Items<T> none();

    /** The first comes first, or the last does. */
    record Arrival<T>(boolean isLastFirst) implements Order<T> {
      @Override
      public long rankOf(T item) {
        return 0;
      }

      @Override
      public Items<T> none() {
        return isLastFirst ? new Stack<>(new ArrayDeque<>()) : new Ring<>();
      }
    }

    /** What is worth most comes first, and of those worth the same, the first. */
    record Priority<T>(ToLongFunction<? super T> priority) implements Order<T> {
      @Override
      public long rankOf(T item) {
        return priority.applyAsLong(item);
      }

      @Override
      public Items<T> none() {
        return new ByRank<>();
      }
    }
  }

  /** The last one first. */
  record Stack<T>(Deque<T> items) implements Items<T> {
    @Override
    public void add(T item, long rank) {
      items.addLast(item);
    }

    @Override
    public @Nullable T take() {
      return items.pollLast();
    }

    @Override
    public int size() {
      return items.size();
    }
  }

  /** Those of the highest rank first. */
  final class ByRank<T> implements Items<T> {
    private record Ranked<T>(T item, long rank, long number) {}

    private final Queue<Ranked<T>> items =
        new PriorityQueue<>(
            Comparator.<Ranked<T>>comparingLong(Ranked::rank)
                .reversed()
                .thenComparingLong(Ranked::number));

    private long added;

    @Override
    public void add(T item, long rank) {
      items.add(new Ranked<>(item, rank, added++));
    }

    @Override
    public @Nullable T take() {
      Ranked<T> next = items.poll();
      return next == null ? null : next.item();
    }

    @Override
    public int size() {
      return items.size();
    }
  }
}
