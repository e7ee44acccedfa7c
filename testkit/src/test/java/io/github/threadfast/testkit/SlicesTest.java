package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SlicesTest {

  @Test
  void next_isLubysSequence() {
    Slices slices = new Slices();

    assertEquals(
        List.of(1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8, 1),
        Stream.generate(slices::next)
            .limit(16)
            .map(nanos -> (int) TimeUnit.NANOSECONDS.toMillis(nanos))
            .toList());
  }
}
