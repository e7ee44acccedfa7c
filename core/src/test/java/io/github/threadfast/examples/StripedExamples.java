package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.Striped;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StripedExamples {

  @Test
  void sums() {
    String word = "lente";
    // @start region="sums"
    Striped<Map<String, Integer>> counts = Striped.of("counts", 8, HashMap::new); // eight at most

    counts.update(map -> map.merge(word, 1, Integer::sum)); // by any number of threads

    int total = counts.fold(0, (sum, map) -> sum + map.getOrDefault(word, 0)); // of one moment
    // @end

    assertEquals(1, total);
  }

  static class Parser {
    final List<Parser> closed;

    Parser(List<Parser> closed) {
      this.closed = closed;
    }

    int parse(String text) {
      return new StringWriter().append(text).toString().length();
    }

    void close() {
      closed.add(this);
    }
  }

  @Test
  void closeable() {
    List<Parser> closed = new ArrayList<>();
    int length;
    // @start region="closeable"
    Striped<Parser> parsers =
        Striped.closeable("parsers", 8, () -> new Parser(closed), Parser::close);
    try (parsers) {
      length = parsers.compute(parser -> parser.parse("festina lente")); // makes one, if needed
    } // closes those that were made
    // @end

    assertEquals(13, length);
    assertEquals(1, closed.size());
    assertThrows(IllegalStateException.class, () -> parsers.read(parser -> parser.parse("")));
  }
}
