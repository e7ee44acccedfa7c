package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RingProperties {
  @Property
  void itemsComeInTheirOrder_whateverIsTakenMeanwhile(
      @ForAll List<@IntRange(min = -3, max = 20) Integer> steps) {
    Ring<Integer> ring = new Ring<>(2);
    Deque<Integer> model = new ArrayDeque<>();
    int number = 0;
    for (int step : steps) {
      if (step == -3) {
        assertEquals(List.copyOf(model), ring.takeAll());
        model.clear();
      }
      for (int i = 0; i < step; i++) {
        ring.add(number, 0);
        model.add(number);
        number++;
      }
      for (int i = 0; i < 8; i++) {
        assertEquals(model.poll(), i % 2 == 0 ? ring.take() : ring.tryTake());
      }
      assertEquals(model.size(), ring.size());
      for (int limit = 0; limit < 20; limit++) {
        assertEquals(model.size() < limit, ring.hasFewerThan(limit));
      }
    }
  }
}
