package io.github.threadfast.testkit.examples;

import static net.jqwik.api.Arbitraries.integers;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.Transition;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class ModelExamples {

  // @start region="bag"
  /** A bag: to take returns any of the items, and waits as long as there is none. */
  record Bag() implements Model<Set<Object>> {
    @Override
    public Set<Object> initial() {
      return Set.of();
    }

    @Override
    public Collection<Transition<Set<Object>>> step(Set<Object> items, Invocation call) {
      Set<Object> next = new HashSet<>(items);
      return switch (call.operation()) {
        case "add" -> List.of(Transition.returned(next.add(call.argument(0)), next));
        case "take" -> items.stream().map(item -> taking(item, items)).toList();
        default -> throw new IllegalArgumentException("A bag can't " + call);
      };
    }

    private static Transition<Set<Object>> taking(Object item, Set<Object> items) {
      Set<Object> next = new HashSet<>(items);
      next.remove(item);
      return Transition.returned(item, next);
    }
  }

  // @end

  // @start region="model"
  @Test
  void concurrentLinkedQueue_isAQueue() {
    Stress.<Queue<Integer>>of(ConcurrentLinkedQueue::new)
        .operation("offer", integers(), Queue::offer)
        .operation("poll", Queue::poll)
        .against(new QueueModel("offer", "poll"))
        .assertLinearizable();
  }

  // @end

  @Test
  void take_mayReturnAnyItem() {
    assertEquals(
        Set.of(Transition.returned("a", Set.of("b")), Transition.returned("b", Set.of("a"))),
        Set.copyOf(new Bag().step(Set.of("a", "b"), Invocation.of("take"))));
  }

  @Test
  void take_whenThereIsNoItem_mayNotReturn() {
    assertEquals(List.of(), List.copyOf(new Bag().step(Set.of(), Invocation.of("take"))));
  }
}
