package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.Lazy;
import java.util.List;
import org.junit.jupiter.api.Test;

class LazyExamples {

  // @start region="lazy"
  static class Dictionary {
    private final Lazy<List<String>> words = Lazy.of("words", Dictionary::load);

    boolean contains(String word) {
      return words.get().contains(word); // the first one loads, the others wait for that
    }

    boolean isLoaded() {
      return words.isInitialized(); // only looks
    }

    // @end
    private static List<String> load() {
      return List.of("festina", "lente");
    }
  }

  @Test
  void lazy() {
    Dictionary dictionary = new Dictionary();

    assertFalse(dictionary.isLoaded());
    assertTrue(dictionary.contains("lente"));
    assertTrue(dictionary.isLoaded());
  }
}
