package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;

/** Collections that are read or grown while they change. */
final class Containers {
  private Containers() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("plain map", 2, 2, Containers::map, HashMap::new, ConcurrentHashMap::new),
        Bug.of("unlocked iteration", 2, 3, Containers::names, OpenNames::new, Names::new)
            .showing(Symptom.EXCEPTION),
        Bug.of("copy on write", 2, 3, Containers::list, LaxCopies::new, Copies::new),
        Bug.of("lossy resize", 2, 3, Containers::list, LaxGrowth::new, Growth::new));
  }

  private static Arbitrary<Integer> elements() {
    return integers().between(1, 9);
  }

  private static Stress<Map<Integer, Integer>> map(Supplier<Map<Integer, Integer>> supplier) {
    return Stress.of(supplier)
        .operation("put", elements(), (map, key) -> map.put(key, key))
        .operation("get", elements(), Map::get);
  }

  private static Stress<Names> names(Supplier<Names> supplier) {
    return Stress.of(supplier)
        .before(
            "add two",
            names -> {
              names.add(11);
              names.add(12);
            })
        .action("add", elements(), Names::add)
        .operation("all", Names::all);
  }

  private static class Names {
    final Map<Integer, String> names = new TreeMap<>();

    final synchronized void add(int name) {
      names.put(name, "name " + name);
    }

    synchronized String all() {
      return text();
    }

    final String text() {
      StringBuilder text = new StringBuilder();
      for (String name : names.values()) {
        text.append(name);
        Window.open();
      }
      return text.toString();
    }
  }

  private static final class OpenNames extends Names {
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the bug
    String all() {
      return text();
    }
  }

  private interface Elements {
    void add(int element);

    List<Integer> sorted();
  }

  private static Stress<Elements> list(Supplier<Elements> supplier) {
    return Stress.of(supplier)
        .action("add", elements(), Elements::add)
        .operation("sorted", Elements::sorted);
  }

  private static class LaxCopies implements Elements {
    private volatile List<Integer> elements = List.of();

    @Override
    public void add(int element) {
      List<Integer> longer = new ArrayList<>(elements);
      longer.add(element);
      Collections.sort(longer);
      Window.open();
      elements = List.copyOf(longer);
    }

    @Override
    public List<Integer> sorted() {
      return elements;
    }
  }

  private static final class Copies extends LaxCopies {
    @Override
    public synchronized void add(int element) {
      super.add(element);
    }
  }

  /** Each thread writes to a slot of its own, maybe of an array that was just copied. */
  private static class LaxGrowth implements Elements {
    private volatile int[] slots = new int[1];
    private int size;

    @Override
    public void add(int element) {
      int slot = nextSlot();
      slots[slot] = element;
    }

    final synchronized int nextSlot() {
      if (size == slots.length) {
        int[] longer = Arrays.copyOf(slots, 2 * size);
        Window.open();
        slots = longer;
      }
      return size++;
    }

    @Override
    public List<Integer> sorted() {
      return Arrays.stream(slots).filter(element -> element > 0).sorted().boxed().toList();
    }
  }

  private static final class Growth extends LaxGrowth {
    @Override
    public synchronized void add(int element) {
      super.add(element);
    }

    @Override
    public synchronized List<Integer> sorted() {
      return super.sorted();
    }
  }
}
