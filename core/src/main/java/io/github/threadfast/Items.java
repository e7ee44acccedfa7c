package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.ToLongFunction;

/**
 * The items that wait for a worker, in an order. It is used with a lock, and runs no code of the
 * user.
 */
sealed interface Items<T> {
  /** Adds an item of which {@link Order#rankOf} has said what it is worth. */
  void add(T item, long rank);

  /** Takes out the next one; there is one. */
  T take();

  int size();

  /** Takes out all, in order. */
  default List<T> takeAll() {
    List<T> all = new ArrayList<>(size());
    while (size() > 0) {
      all.add(take());
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
        return new InArrival<>(new ArrayDeque<>(), isLastFirst);
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

  /** In the order of arrival, or in the opposite one. */
  record InArrival<T>(Deque<T> items, boolean isLastFirst) implements Items<T> {
    @Override
    public void add(T item, long rank) {
      items.addLast(item);
    }

    @Override
    public T take() {
      return isLastFirst ? items.removeLast() : items.removeFirst();
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

    private long next;

    @Override
    public void add(T item, long rank) {
      items.add(new Ranked<>(item, rank, next++));
    }

    @Override
    public T take() {
      return requireNonNull(items.poll()).item();
    }

    @Override
    public int size() {
      return items.size();
    }
  }
}
