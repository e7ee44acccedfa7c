package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Stacks that lose an element, or give one out twice. */
final class Stacks {
  private Stacks() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("unsafe stack", 2, 3, Stacks::stack, PlainStack::new, TreiberStack::new),
        Bug.of("ABA", 3, 6, Stacks::filled, RecyclingStack::new, TreiberStack::new));
  }

  private interface Stack {
    void push(int element);

    /** Returns the top, or null if there is none. */
    Integer pop();
  }

  private static Stress<Stack> stack(Supplier<Stack> supplier) {
    return Stress.of(supplier)
        .action("push", integers().between(1, 9), Stack::push)
        .operation("pop", Stack::pop);
  }

  private static Stress<Stack> filled(Supplier<Stack> supplier) {
    return stack(supplier)
        .before(
            "push two",
            stack -> {
              stack.push(11);
              stack.push(12);
            })
        .weight("pop", 2);
  }

  private static final class PlainStack implements Stack {
    private final Deque<Integer> elements = new ArrayDeque<>();

    @Override
    public void push(int element) {
      elements.push(element);
    }

    @Override
    public Integer pop() {
      Integer top = elements.peek();
      Window.open();
      elements.poll();
      return top;
    }
  }

  private static class TreiberStack implements Stack {
    final AtomicReference<Node> top = new AtomicReference<>();

    @Override
    public void push(int element) {
      Node node = newNode(element);
      Node seen;
      do {
        seen = top.get();
        node.next = seen;
      } while (!top.compareAndSet(seen, node));
    }

    Node newNode(int element) {
      return new Node(element);
    }

    @Override
    public Integer pop() {
      while (true) {
        Node seen = top.get();
        if (seen == null) {
          return null;
        }
        Node next = seen.next;
        pause();
        if (top.compareAndSet(seen, next)) {
          int element = seen.element;
          free(seen);
          return element;
        }
      }
    }

    void free(Node node) {}

    void pause() {}

    static final class Node {
      volatile int element;
      volatile Node next;

      Node(int element) {
        this.element = element;
      }
    }
  }

  /**
   * A node may be popped, and pushed again above others, while a pop believes it is still there.
   */
  private static final class RecyclingStack extends TreiberStack {
    private final AtomicReference<Node> spare = new AtomicReference<>();

    @Override
    Node newNode(int element) {
      Node node = spare.getAndSet(null);
      if (node == null) {
        return super.newNode(element);
      }
      node.element = element;
      return node;
    }

    @Override
    void free(Node node) {
      spare.compareAndSet(null, node);
    }

    /** Not in all pops, or none would last as long as two others and a push. */
    @Override
    void pause() {
      if (spare.get() == null) {
        Window.open();
      }
    }
  }
}
