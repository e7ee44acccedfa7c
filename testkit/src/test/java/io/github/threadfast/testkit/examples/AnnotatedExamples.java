package io.github.threadfast.testkit.examples;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.annotation.Invariant;
import io.github.threadfast.testkit.annotation.Operation;
import java.util.concurrent.ConcurrentHashMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AnnotatedExamples {

  // @start region="cache"
  static class CacheSpec { // a new object for every run
    final ConcurrentHashMap<String, Integer> cache = new ConcurrentHashMap<>();

    @Operation
    Integer get(@ForAll("keys") String key) {
      return cache.get(key);
    }

    @Operation(weight = 2)
    void put(@ForAll("keys") String key, @ForAll @IntRange(max = 9) int value) {
      cache.put(key, value);
    }

    @Invariant("at most two keys")
    boolean isSmall() {
      return cache.size() <= 2;
    }

    @Provide
    Arbitrary<String> keys() {
      return Arbitraries.of("a", "b");
    }
  }

  @Test
  void cache_isLinearizable() {
    Stress.of(CacheSpec.class).assertLinearizable();
  }
  // @end
}
