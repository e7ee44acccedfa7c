package io.github.threadfast.testkit.examples;

import static net.jqwik.api.Arbitraries.integers;
import static net.jqwik.api.Arbitraries.strings;

import io.github.threadfast.testkit.Stress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StressExamples {

  // @start region="counter"
  @Test
  void atomicInteger_isLinearizable() {
    Stress.of(AtomicInteger::new)
        .operation("incrementAndGet", AtomicInteger::incrementAndGet)
        .operation("get", AtomicInteger::get)
        .action("set 5", counter -> counter.set(5))
        .assertLinearizable();
  }

  // @end

  @Test
  void concurrentHashMap_isLinearizable() {
    // @start region="arguments"
    Stress.<Map<Integer, String>>of(ConcurrentHashMap::new)
        .operation("put", integers().between(1, 5), strings().ofMaxLength(3), Map::put)
        .operation("get", integers().between(1, 5), Map::get)
        .operation("remove", integers().between(1, 5), Map::remove)
        .invariant("small", map -> map.size() <= 5)
        .against(HashMap::new)
        .assertLinearizable();
    // @end
  }
}
