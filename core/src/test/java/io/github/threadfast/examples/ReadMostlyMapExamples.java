package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.ReadMostlyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReadMostlyMapExamples {

  @Test
  void routes() {
    // @start region="routes"
    ReadMostlyMap<String, String> routes =
        ReadMostlyMap.<String, String>builder().name("routes").build();
    routes.put("/", "home");

    String home = routes.get("/"); // takes no lock
    routes.putAll(Map.of("/", "start", "/help", "help")); // others see both, or neither
    int size = routes.size(); // exact
    // @end

    assertEquals("home", home);
    assertEquals(2, size);
  }

  @Test
  void stock() {
    // @start region="atomically"
    ReadMostlyMap<String, Integer> stock = new ReadMostlyMap<>(Map.of("bolt", 3, "sold", 0));

    stock.atomically(tx -> {
      tx.computeIfPresent("bolt", (part, n) -> n - 1);
      tx.merge("sold", 1, Integer::sum);
    }); // nobody sees a bolt that is gone and not yet sold
    // @end

    assertEquals(Map.of("bolt", 2, "sold", 1), stock);
  }

  @Test
  void reserve() {
    ReadMostlyMap<String, Integer> stock = new ReadMostlyMap<>(Map.of("bolt", 3, "nut", 0));

    // @start region="computeAtomically"
    boolean reserved =
        stock.computeAtomically(tx -> {
          int bolts = tx.getOrDefault("bolt", 0);
          int nuts = tx.getOrDefault("nut", 0); // of the same moment
          if (bolts == 0 || nuts == 0) {
            return false; // nothing is changed
          }
          tx.put("bolt", bolts - 1);
          tx.put("nut", nuts - 1);
          return true;
        });
    // @end

    assertEquals(false, reserved);
    assertEquals(Map.of("bolt", 3, "nut", 0), stock);
  }

  @Test
  void moment() {
    ReadMostlyMap<String, Integer> stock = new ReadMostlyMap<>(Map.of("bolt", 3, "nut", 0));

    // @start region="moment"
    Map<String, Integer> both = stock.getAll(List.of("bolt", "nut")); // of one moment
    Map<String, Integer> all = stock.snapshot(); // so is this
    stock.entrySet().removeIf(part -> part.getValue() == 0); // one step for all others
    // @end

    assertEquals(Map.of("bolt", 3, "nut", 0), both);
    assertEquals(both, all);
    assertEquals(Map.of("bolt", 3), stock);
  }

  @Test
  void checkKeys() {
    // @start region="checkKeys"
    ReadMostlyMap<List<String>, Integer> lengths =
        ReadMostlyMap.<List<String>, Integer>builder().name("lengths").checkKeys().build();
    List<String> words = new ArrayList<>(List.of("haste"));
    lengths.put(words, 5);

    words.add("waste"); // a key must not change

    assertThrows(IllegalStateException.class, () -> lengths.get(words));
    // @end

    ReadMostlyMap<List<String>, Integer> unchecked = new ReadMostlyMap<>();
    unchecked.put(words, 10);
    words.add("makes");
    assertNull(unchecked.get(words));
  }
}
