package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.PerThread;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerThreadExamples {

  // @start region="fold"
  static class Hits {
    private final PerThread<Long> hits = PerThread.merging("hits", () -> 0L, Long::sum);

    void hit() {
      hits.set(hits.get() + 1); // no thread disturbs another
    }

    long total() {
      return hits.fold(0L, Long::sum); // threads that have ended are counted, too
    }
  }

  // @end

  @Test
  void fold() throws InterruptedException {
    Hits hits = new Hits();
    Thread other = new Thread(hits::hit);
    other.start();
    other.join();
    hits.hit();

    assertEquals(2, hits.total());
  }

  record User(String name) {}

  // @start region="with"
  private static final PerThread<User> USER = PerThread.forgetting(() -> new User("nobody"));

  static String handle(String user) {
    return USER.with(new User(user), () -> greet()); // restores what was before
  }

  static String greet() {
    return "Hello, " + USER.get().name();
  }

  // @end

  @Test
  void with() {
    assertEquals("Hello, Ada", handle("Ada"));
    assertEquals("Hello, nobody", greet());
  }

  static class Connection {
    private static final List<Connection> OPEN = new ArrayList<>();

    Connection() {
      OPEN.add(this);
    }

    String ask(String question) {
      return question + "!";
    }

    void close() {
      OPEN.remove(this);
    }
  }

  @Test
  void closer() {
    // @start region="closer"
    PerThread<Connection> connections =
        PerThread.<Connection>builder(Connection::new)
            .name("connections")
            .closer(Connection::close)
            .forgetEnded() // when a thread has ended, its connection is closed
            .build();
    try (connections) {
      assertEquals("ready?!", connections.get().ask("ready?")); // opens one for this thread
    } // closes those of all threads
    // @end

    assertEquals(List.of(), Connection.OPEN);
    assertThrows(IllegalStateException.class, connections::get);
  }
}
