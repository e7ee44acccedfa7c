package io.github.threadfast.testkit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.testkit.junit.Concurrently;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ConcurrentlyExamples {

  // @start region="existing"
  private final ConcurrentHashMap<String, Integer> lengths = new ConcurrentHashMap<>();

  @Test
  @Concurrently(threads = 4, times = 100)
  void length_isRemembered() {
    assertEquals(5, lengths.computeIfAbsent("hello", String::length));
  }
  // @end
}
