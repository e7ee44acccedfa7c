package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.PerThreadAccumulator;
import io.github.threadfast.PerThreadCounter;
import org.junit.jupiter.api.Test;

class PerThreadCounterExamples {

  // @start region="counter"
  static class Server {
    private final PerThreadCounter requests = PerThreadCounter.of("requests");

    void handle(String request) {
      requests.increment(); // as cheap as can be, however many threads there are
    }

    long requestsSoFar() {
      return requests.sum(); // now and then
    }
  }

  // @end

  @Test
  void counter() throws InterruptedException {
    Server server = new Server();
    Thread other = new Thread(() -> server.handle("ping"));
    other.start();
    server.handle("ping");
    other.join();

    assertEquals(2, server.requestsSoFar());
  }

  @Test
  void accumulator() {
    // @start region="accumulator"
    PerThreadAccumulator slowest = PerThreadAccumulator.of("slowest", Math::max, Long.MIN_VALUE);

    slowest.accumulate(42); // by any number of threads
    slowest.accumulate(7);

    long maximum = slowest.get();
    // @end

    assertEquals(42, maximum);
  }
}
