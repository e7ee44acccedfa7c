package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.CloseableLazy;
import io.github.threadfast.Lazy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LazyExamples {

  // @start region="lazy"
  static class Dictionary {
    private final Lazy<Set<String>> words = Lazy.of("words", WordList::load);

    boolean contains(String word) {
      return words.get().contains(word); // the first one loads; others wait for that
    }
  }

  // @end

  static class WordList {
    static Set<String> load() {
      return Set.of("festina", "lente");
    }
  }

  @Test
  void lazy() {
    Dictionary dictionary = new Dictionary();

    assertFalse(dictionary.words.isInitialized());
    assertTrue(dictionary.contains("lente"));
    assertTrue(dictionary.words.isInitialized());
  }

  // @start region="constant"
  private static final Lazy<Pattern> WORD = Lazy.constant(() -> Pattern.compile("\\w+"));

  static boolean isWord(String text) {
    return WORD.get().matcher(text).matches();
  }

  // @end

  @Test
  void constant() {
    assertTrue(isWord("lente"));
    assertFalse(isWord("festina lente"));
  }

  static class Connection {
    boolean isOpen = true;

    String ask(String question) {
      return question + "!";
    }

    void close() {
      isOpen = false;
    }
  }

  @Test
  void closeable() {
    List<String> answers = new ArrayList<>();
    // @start region="closeable"
    CloseableLazy<Connection> connection =
        Lazy.closeable("connection", Connection::new, Connection::close);
    try (connection) {
      answers.add(connection.get().ask("ready?")); // opens it
    } // closes it, if it was opened
    // @end

    assertEquals(List.of("ready?!"), answers);
    assertThrows(IllegalStateException.class, connection::get);
  }
}
