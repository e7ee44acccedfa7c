package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.InvariantException;
import io.github.threadfast.Snapshot;
import io.github.threadfast.Subscription;
import io.github.threadfast.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotExamples {

  /** An immutable value. */
  record Config(List<String> hosts, int port, Duration timeout) {
    static final Config DEFAULT = new Config(List.of("localhost"), 80, Duration.ofSeconds(1));

    Config {
      hosts = List.copyOf(hosts);
    }

    Config withHosts(List<String> hosts) {
      return new Config(hosts, port, timeout);
    }

    Config withPort(int port) {
      return new Config(hosts, port, timeout);
    }

    Config withTimeout(Duration timeout) {
      return new Config(hosts, port, timeout);
    }

    boolean isSound() {
      return port > 0 && !hosts.isEmpty();
    }
  }

  @Test
  void config() {
    // @start region="config"
    Snapshot<Config> config = Snapshot.of("config", Config.DEFAULT);

    Config now = config.get(); // host and port belong together, however long you look at them
    config.update(
        c -> c.withTimeout(Duration.ofSeconds(5))); // changes what is there, and not what was
    // @end

    assertEquals(Duration.ofSeconds(1), now.timeout());
    assertEquals(Duration.ofSeconds(5), config.get().timeout());
  }

  @Test
  void modify() {
    // @start region="modify"
    Snapshot<Long> tickets = Snapshot.of(0L);

    long mine = tickets.modify(n -> new Snapshot.Change<>(n + 1, n)); // takes the next number
    // @end

    assertEquals(0, mine);
    assertEquals(1, tickets.get());
  }

  @Test
  void invariant() {
    // @start region="invariant"
    Snapshot<Config> config =
        Snapshot.builder(Config.DEFAULT).name("config").invariant(Config::isSound).build();

    assertThrows(InvariantException.class, () -> config.update(c -> c.withPort(-1)));
    assertSame(Config.DEFAULT, config.get()); // nobody has seen the other one
    // @end
  }

  @Test
  void view() {
    Snapshot<Config> config = Snapshot.of("config", Config.DEFAULT);

    // @start region="view"
    View<String> url = config.view(c -> "http://" + c.hosts().get(0) + ":" + c.port());

    url.get(); // computes it
    url.get(); // doesn't, as long as nothing is changed
    // @end

    assertSame(url.get(), url.get());
    config.update(c -> c.withPort(8080));
    assertEquals("http://localhost:8080", url.get());
  }

  @Test
  void combine() {
    Snapshot<Config> config = Snapshot.of("config", Config.DEFAULT);

    // @start region="combine"
    Snapshot<List<String>> broken = Snapshot.of("broken", List.of());

    View<List<String>> healthy =
        Snapshot.combine(
            config.view(Config::hosts),
            broken,
            (hosts, out) -> hosts.stream().filter(host -> !out.contains(host)).toList());
    // @end

    config.update(c -> c.withHosts(List.of("a", "b")));
    broken.set(List.of("a"));
    assertEquals(List.of("b"), healthy.get());
  }

  @Test
  void listen() {
    Snapshot<Config> config = Snapshot.of("config", Config.DEFAULT);
    List<String> log = new ArrayList<>();

    // @start region="listen"
    Subscription subscription =
        config.onEveryChange(
            Runnable::run, // or whichever executor shall run it
            (before, after) -> log.add(before.port() + " -> " + after.port()));

    config.update(c -> c.withPort(8080));
    subscription.close();
    // @end

    config.update(c -> c.withPort(8081));
    assertEquals(List.of("80 -> 8080"), log);
  }

  @Test
  void await() throws Exception {
    Snapshot<List<String>> log = Snapshot.of("log", List.of());
    Thread other = new Thread(() -> log.set(List.of("ready")));
    other.start();

    // @start region="await"
    List<String> lines = log.await(l -> l.contains("ready"), Duration.ofSeconds(10));
    // @end

    assertTrue(lines.contains("ready"));
    other.join();
  }
}
