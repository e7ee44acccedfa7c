package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;

/** Queues that lose an element, hide one, or give one out twice. */
final class Queues {
  private Queues() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("lossy queue", 2, 3, Queues::queue, LossyQueue::new, ConcurrentLinkedQueue::new),
        Bug.of("three-switch queue", 2, 3, Queues::linked, LaggingTail::new, LinkedQueue::new),
        new Bug("two producers", Symptom.RESULTS, 2, 4, ring(), ring().confined("offer")));
  }

  private static Stress<Queue<Integer>> queue(Supplier<Queue<Integer>> supplier) {
    return Stress.of(supplier)
        .operation("offer", elements(), Queue::offer)
        .operation("poll", Queue::poll);
  }

  private static Arbitrary<Integer> elements() {
    return integers().between(1, 9);
  }

  /** Sees the head, then removes a head: two polls may see one element and remove two. */
  private static final class LossyQueue extends ConcurrentLinkedQueue<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer poll() {
      Integer head = peek();
      Window.open();
      super.poll();
      return head;
    }
  }

  private static Stress<LinkedQueue> linked(Supplier<LinkedQueue> supplier) {
    return Stress.of(supplier)
        .action("offer", elements(), LinkedQueue::offer)
        .operation("poll", LinkedQueue::poll)
        .afterwards("rest", LinkedQueue::drain);
  }

  /** A linked list whose tail may lag behind its last node, but never for long. */
  private static class LinkedQueue {
    final AtomicReference<Node> head = new AtomicReference<>(new Node(0));
    final AtomicReference<Node> tail = new AtomicReference<>(head.get());

    final void offer(int element) {
      Node node = new Node(element);
      Node seen = tail.get();
      Node last = seen;
      while (!last.next.compareAndSet(null, node)) {
        last = last.next.get();
      }
      Window.open();
      tail.compareAndSet(seen, node);
    }

    final Integer poll() {
      while (true) {
        Node seen = head.get();
        if (isLast(seen)) {
          return null;
        }
        Node next = seen.next.get();
        if (next != null && head.compareAndSet(seen, next)) {
          return next.element;
        }
      }
    }

    final List<Integer> drain() {
      return Stream.generate(this::poll).takeWhile(Objects::nonNull).toList();
    }

    boolean isLast(Node node) {
      return node.next.get() == null;
    }

    static final class Node {
      final int element;
      final AtomicReference<Node> next = new AtomicReference<>();

      Node(int element) {
        this.element = element;
      }
    }
  }

  /**
   * Trusts the tail, which lags for ever if two threads link one node each, and then the first of
   * them moves it before the second one tries.
   */
  private static final class LaggingTail extends LinkedQueue {
    @Override
    @SuppressWarnings("ReferenceEquality") // nodes have no equals
    boolean isLast(Node node) {
      return node == tail.get() || super.isLast(node);
    }
  }

  private static Stress<Ring> ring() {
    return Stress.of(Ring::new)
        .operation("offer", elements(), Ring::offer)
        .operation("poll", Ring::poll)
        .confined("poll");
  }

  /** For one producer and one consumer. */
  private static final class Ring {
    private final int[] slots = new int[4];
    private volatile int head;
    private volatile int tail;

    boolean offer(int element) {
      int end = tail;
      if (end - head == slots.length) {
        return false;
      }
      Window.open();
      slots[end % slots.length] = element;
      tail = end + 1;
      return true;
    }

    Integer poll() {
      int begin = head;
      if (begin == tail) {
        return null;
      }
      int element = slots[begin % slots.length];
      head = begin + 1;
      return element;
    }
  }
}
