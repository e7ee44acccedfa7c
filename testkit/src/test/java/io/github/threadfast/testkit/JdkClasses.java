package io.github.threadfast.testkit;

import static net.jqwik.api.Arbitraries.integers;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitrary;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The classes of java.util.concurrent, against plain ones called by one thread. */
@SuppressWarnings("JdkObsolete") // a LinkedList has equals: fewer states for the model
@Timeout(60)
class JdkClasses {
  private final Arbitrary<Integer> keys = integers().between(1, 3);
  private final Arbitrary<Integer> values = integers().between(1, 9);

  @Nested
  class Linearizable {

    @Test
    void concurrentHashMap() {
      passes(map());
    }

    @Test
    void concurrentSkipListMap() {
      passes(
          Stress.<NavigableMap<Integer, Integer>>of(ConcurrentSkipListMap::new)
              .against(TreeMap::new)
              .operation("put", keys, values, Map::put)
              .operation("putIfAbsent", keys, values, Map::putIfAbsent)
              .operation("replace", keys, values, values, Map::replace)
              .operation("remove", keys, (map, key) -> map.remove(key))
              .operation("get", keys, Map::get)
              .operation("firstEntry", NavigableMap::firstEntry)
              .operation("ceilingKey", keys, NavigableMap::ceilingKey));
    }

    @Test
    void concurrentSkipListSet() {
      passes(
          Stress.<NavigableSet<Integer>>of(ConcurrentSkipListSet::new)
              .against(TreeSet::new)
              .operation("add", keys, Collection::add)
              .operation("remove", keys, Collection::remove)
              .operation("contains", keys, Collection::contains)
              .operation("ceiling", keys, NavigableSet::ceiling));
    }

    @Test
    void concurrentLinkedQueue() {
      passes(queue());
    }

    @Test
    void arrayBlockingQueue() {
      passes(
          Stress.<Queue<Integer>>of(() -> new ArrayBlockingQueue<>(Bounded.CAPACITY))
              .against(Bounded::new)
              .operation("offer", values, Queue::offer)
              .operation("poll", Queue::poll)
              .operation("peek", Queue::peek)
              .operation("remove", values, Collection::remove)
              .operation("size", Collection::size)
              .operation("toArray", queue -> Arrays.asList(queue.toArray())));
    }

    @Test
    void concurrentLinkedDeque_polledAtOneEnd() {
      passes(
          Stress.<Deque<Integer>>of(ConcurrentLinkedDeque::new)
              .against(LinkedList::new)
              .operation("offerFirst", values, Deque::offerFirst)
              .operation("offerLast", values, Deque::offerLast)
              .operation("pollFirst", Deque::pollFirst)
              .operation("peekFirst", Deque::peekFirst));
    }

    @Test
    void linkedBlockingDeque() {
      passes(
          bothEnds(Stress.<Deque<Integer>>of(LinkedBlockingDeque::new).against(LinkedList::new))
              .operation("size", Collection::size)
              .operation("toArray", deque -> Arrays.asList(deque.toArray())));
    }

    @Test
    void copyOnWriteArrayList() {
      passes(
          Stress.<List<Integer>>of(CopyOnWriteArrayList::new)
              .against(ArrayList::new)
              .operation("add", values, Collection::add)
              .operation("remove", values, Collection::remove)
              .operation("contains", values, Collection::contains)
              .operation("size", Collection::size)
              .operation("toArray", list -> Arrays.asList(list.toArray())));
    }

    @Test
    void atomicInteger() {
      passes(
          Stress.of(AtomicInteger::new)
              .operation("get", AtomicInteger::get)
              .action("set", values, AtomicInteger::set)
              .operation("addAndGet", values, AtomicInteger::addAndGet)
              .operation("compareAndSet", values, values, AtomicInteger::compareAndSet)
              .operation("triple", counter -> counter.updateAndGet(n -> 3 * n + 1)));
    }

    @Test
    void atomicReference() {
      passes(
          Stress.<AtomicReference<Integer>>of(AtomicReference::new)
              .operation("get", AtomicReference::get)
              .operation("getAndSet", values, AtomicReference::getAndSet)
              .operation("compareAndSet", values, values, AtomicReference::compareAndSet));
    }

    private void passes(Stress<?> stress) {
      stress.budget(Duration.ofMillis(500)).assertLinearizable();
    }
  }

  @Nested
  class NotLinearizable {

    /** Counts one element after the other. Few programs show it, so that it gets more time. */
    @Test
    void sizeOfConcurrentLinkedQueue() {
      fails(
          Stress.<Queue<Integer>>of(ConcurrentLinkedQueue::new)
              .against(LinkedList::new)
              .threads(2) // where there are two processors, a third one keeps them from meeting
              .before("fill", queue -> queue.addAll(Collections.nCopies(200, 11)))
              .operation("offer", values, Queue::offer)
              .operation("poll", Queue::poll)
              .operation("size", Collection::size)
              .budget(Duration.ofSeconds(10)));
    }

    /** The same, but slowly: the elements are not those of one moment. */
    @Test
    void iterationOfConcurrentLinkedQueue() {
      fails(
          Stress.<Queue<Integer>>of(ConcurrentLinkedQueue::new)
              .against(LinkedList::new)
              .before("fill", queue -> queue.addAll(List.of(11, 12, 13)))
              .operation("offer", values, Queue::offer)
              .operation("poll", Queue::poll)
              .operation("copy", JdkClasses::copyOf));
    }

    private void fails(Stress<?> stress) {
      String message = Finding.of(stress::assertLinearizable).message();

      assertTrue(message.contains(" is not linearizable: "), message);
    }
  }

  private Stress<Map<Integer, Integer>> map() {
    return Stress.<Map<Integer, Integer>>of(ConcurrentHashMap::new)
        .against(HashMap::new)
        .operation("put", keys, values, Map::put)
        .operation("putIfAbsent", keys, values, Map::putIfAbsent)
        .operation("replace", keys, values, values, Map::replace)
        .operation("computeIfAbsent", keys, (map, key) -> map.computeIfAbsent(key, k -> k + 10))
        .operation("merge", keys, values, (map, key, value) -> map.merge(key, value, Integer::sum))
        .operation("remove", keys, (map, key) -> map.remove(key))
        .operation("remove exactly", keys, values, (map, key, value) -> map.remove(key, value))
        .operation("get", keys, Map::get);
  }

  private Stress<Queue<Integer>> queue() {
    return Stress.<Queue<Integer>>of(ConcurrentLinkedQueue::new)
        .against(LinkedList::new)
        .operation("offer", values, Queue::offer)
        .operation("poll", Queue::poll)
        .operation("peek", Queue::peek)
        .operation("isEmpty", Collection::isEmpty);
  }

  private Stress<Deque<Integer>> bothEnds(Stress<Deque<Integer>> stress) {
    return stress
        .operation("offerFirst", values, Deque::offerFirst)
        .operation("offerLast", values, Deque::offerLast)
        .operation("pollFirst", Deque::pollFirst)
        .operation("pollLast", Deque::pollLast)
        .operation("peekFirst", Deque::peekFirst)
        .operation("peekLast", Deque::peekLast);
  }

  private static List<Integer> copyOf(Collection<Integer> elements) {
    List<Integer> copy = new ArrayList<>();
    for (Integer element : elements) {
      copy.add(element);
      Window.open();
    }
    return copy;
  }

  /** A queue that takes no more than some elements. */
  private static final class Bounded extends LinkedList<Integer> {
    private static final long serialVersionUID = 1;
    private static final int CAPACITY = 2;

    @Override
    public boolean offer(Integer element) {
      return size() < CAPACITY && super.offer(element);
    }
  }
}
