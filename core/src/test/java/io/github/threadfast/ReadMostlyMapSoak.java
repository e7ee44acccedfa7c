package io.github.threadfast;

import io.github.threadfast.ReadMostlyMapStress.HashKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Four threads that do everything at once to {@code ReadMostlyMap}s, for some minutes, against an
 * oracle. It is no test of the build: after one, in the folder {@code core},
 *
 * <pre>
 * java -cp target/test-classes:target/classes:(jupiter-api) io.github.threadfast.ReadMostlyMapSoak 10
 * </pre>
 *
 * <p>takes ten minutes, and prints how many operations were done. It ends with status 1, and says
 * why, as soon as an answer is wrong, or no thread has got on for half a minute.
 *
 * <p>Each thread has keys of its own, beside those of others in the same bins and crowds, and knows
 * at any time what the map has for them. Other keys belong to all: pairs, which always have the
 * same value; accounts, whose sum stays; tokens, which wander, so that their number stays. At the
 * end of a round all threads pause, and the map is compared with what all of them know.
 */
final class ReadMostlyMapSoak {
  private static final int THREADS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int OPERATIONS_OF_A_ROUND = 5_000;

  private static final int PAIRS = 8;
  private static final int ACCOUNTS = 8;
  private static final int PLACES = 32;
  private static final int TOKENS = 8;
  private static final int BALANCE = 1_000;

  private final long end;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong largest = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final SplittableRandom random;
  private final CyclicBarrier pause;
  private final List<Worker> workers = new ArrayList<>();

  private volatile Shared shared;
  private volatile boolean isOver;

  private ReadMostlyMapSoak(Duration duration, long seed) {
    end = System.nanoTime() + duration.toNanos();
    random = new SplittableRandom(seed);
    shared = new Shared(random);
    for (int i = 0; i < THREADS; i++) {
      workers.add(new Worker(i, shared, random.split()));
    }
    pause = new CyclicBarrier(THREADS, this::compare);
  }

  public static void main(String... arguments) throws InterruptedException {
    Duration duration =
        Duration.ofSeconds(
            (long) (60 * Double.parseDouble(arguments.length > 0 ? arguments[0] : "10")));
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime();
    System.out.printf(
        "ReadMostlyMap, %d threads, %d s, Java %s, seed %d%n",
        THREADS, duration.toSeconds(), Runtime.version(), seed);
    System.exit(new ReadMostlyMapSoak(duration, seed).run() ? 0 : 1);
  }

  /** Returns whether all went well. */
  private boolean run() throws InterruptedException {
    for (Worker worker : workers) {
      Thread thread = new Thread(() -> soak(worker), "worker " + worker.number);
      thread.setDaemon(true);
      thread.start();
    }
    boolean isHung = !awaitEnd();
    Throwable thrown = failure.get();
    System.out.printf(
        "%d operations in %d rounds, %d entries at most; %d transactions were run again%n",
        done.get(),
        rounds.get(),
        largest.get(),
        workers.stream().mapToLong(w -> w.reruns.get()).sum());
    if (thrown != null) {
      thrown.printStackTrace(System.out);
    }
    if (isHung) {
      System.out.println("No thread has got on for " + PATIENCE.toSeconds() + " s:");
      Thread.getAllStackTraces()
          .forEach((thread, stack) -> {
            System.out.println(thread + ", " + thread.getState());
            Stream.of(stack).forEach(frame -> System.out.println("    at " + frame));
          });
    }
    System.out.println(thrown == null && !isHung ? "No failure." : "FAILED.");
    return thrown == null && !isHung;
  }

  /** Waits until all is over; or returns false if nothing gets on any more. */
  private boolean awaitEnd() throws InterruptedException {
    long before = -1;
    long deadline = System.nanoTime();
    while (!isOver && failure.get() == null) {
      long now = done.get();
      if (now != before) {
        before = now;
        deadline = System.nanoTime() + PATIENCE.toNanos();
      } else if (System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(200); // only how often it looks
    }
    return true;
  }

  private void soak(Worker worker) {
    try {
      while (!isOver) {
        worker.join(shared);
        for (int i = 0; i < OPERATIONS_OF_A_ROUND && failure.get() == null; i++) {
          worker.act();
          done.incrementAndGet();
        }
        pause.await();
      }
    } catch (BrokenBarrierException e) {
      // another thread has failed, and said why
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      pause.reset();
    }
  }

  /** Compares the map with what all threads know, when none of them does anything. */
  private void compare() {
    Map<HashKey, Integer> expected = new HashMap<>();
    workers.forEach(worker -> expected.putAll(worker.mine));
    Map<HashKey, Integer> actual = new HashMap<>(shared.map.snapshot());
    shared.requireWhole(actual);
    shared.requireWhole(shared.map.getAll(shared.all));
    largest.accumulateAndGet(actual.size(), Math::max);
    equal(actual.size(), shared.map.size(), "the size");
    equal(actual, shared.map, "the map");
    equal(actual.hashCode(), shared.map.hashCode(), "the hash code");
    shared.all.forEach(actual::remove);
    equal(expected, actual, "what all threads have put in");
    expected.forEach((key, value) -> equal(value, shared.map.get(key), key));
    shared.map.clear();
    equal(0, shared.map.size(), "the size after clear");
    equal(Map.of(), shared.map.snapshot(), "what is there after clear");
    rounds.incrementAndGet();
    isOver = System.nanoTime() - end > 0 || failure.get() != null;
    shared = new Shared(random);
  }

  private static void equal(@Nullable Object expected, @Nullable Object actual, Object what) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(what + " should be " + expected + ", but is " + actual);
    }
  }

  /** A map, and what belongs to all threads in it. */
  private static final class Shared {
    final ReadMostlyMap<HashKey, Integer> map;

    /** How many hashes there are: the fewer, the more keys share a bin. */
    final int hashes;

    final List<HashKey> pairs;
    final List<HashKey> accounts;
    final List<HashKey> places;
    final List<HashKey> all = new ArrayList<>();

    Shared(SplittableRandom random) {
      map = new ReadMostlyMap<>(random.nextInt(4) == 0 ? random.nextInt(2_000) : 0);
      hashes = 1 << random.nextInt(13);
      pairs = keys("pair", 2 * PAIRS);
      accounts = keys("account", ACCOUNTS);
      places = keys("place", PLACES);
      pairs.forEach(key -> map.put(key, 0));
      accounts.forEach(key -> map.put(key, BALANCE));
      places.subList(0, TOKENS).forEach(key -> map.put(key, 1));
    }

    private List<HashKey> keys(String name, int count) {
      List<HashKey> keys =
          IntStream.range(0, count).mapToObj(i -> new HashKey(name + " " + i, i % hashes)).toList();
      all.addAll(keys);
      return keys;
    }

    void requireWhole(Map<HashKey, Integer> seen) {
      for (int i = 0; i < pairs.size(); i += 2) {
        equal(seen.get(pairs.get(i)), seen.get(pairs.get(i + 1)), pairs.get(i + 1));
      }
      equal(ACCOUNTS * BALANCE, accounts.stream().mapToInt(seen::get).sum(), "all accounts");
      equal(TOKENS, (int) places.stream().filter(seen::containsKey).count(), "the tokens");
    }
  }

  /** What one thread does, and what it knows. */
  private static final class Worker {
    final int number;
    private final String ending;
    final Map<HashKey, Integer> mine = new HashMap<>();
    private final SplittableRandom random;
    private final List<HashKey> keys = new ArrayList<>();
    private Shared shared;
    private ReadMostlyMap<HashKey, Integer> map;
    private int value;
    private final AtomicLong reruns = new AtomicLong();

    Worker(int number, Shared shared, SplittableRandom random) {
      this.number = number;
      this.ending = " of " + number;
      this.shared = shared;
      this.map = shared.map;
      this.random = random;
    }

    void join(Shared shared) {
      this.shared = shared;
      this.map = shared.map;
      mine.clear();
      keys.clear();
      int count = 1 << random.nextInt(11);
      for (int i = 0; i < count; i++) {
        keys.add(new HashKey("key " + i + ending, random.nextInt(shared.hashes)));
      }
    }

    private HashKey any() {
      return keys.get(random.nextInt(keys.size()));
    }

    private <T> T anyOf(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }

    private List<HashKey> some() {
      int count = random.nextInt(1, random.nextInt(8) == 0 ? 60 : 5);
      return IntStream.range(0, count).mapToObj(i -> any()).distinct().toList();
    }

    private int next() {
      value++;
      return random.nextInt(4) == 0 ? value % 3 : value; // some values are there already
    }

    void act() {
      int kind = random.nextInt(1_000);
      if (kind < 600) {
        actOnOneKey(random.nextInt(12), any());
      } else if (kind < 760) {
        actOnSeveralKeys(random.nextInt(5), some());
      } else if (kind < 960) {
        actOnSharedKeys(random.nextInt(6));
      } else if (kind < 990) {
        lookAtAll(random.nextInt(6));
      } else {
        changeAll(random.nextInt(6));
      }
    }

    private void actOnOneKey(int kind, HashKey key) {
      int v = next();
      switch (kind) {
        case 0 -> equal(mine.get(key), map.get(key), key);
        case 1 -> equal(mine.getOrDefault(key, v), map.getOrDefault(key, v), key);
        case 2 -> equal(mine.put(key, v), map.put(key, v), key);
        case 3 -> equal(mine.putIfAbsent(key, v), map.putIfAbsent(key, v), key);
        case 4 -> equal(mine.remove(key), map.remove(key), key);
        case 5 -> equal(mine.remove(key, v), map.remove(key, v), key);
        case 6 -> equal(mine.replace(key, v), map.replace(key, v), key);
        case 7 -> equal(mine.replace(key, 1, v), map.replace(key, 1, v), key);
        case 8 ->
            equal(mine.compute(key, Worker::increment), map.compute(key, Worker::increment), key);
        case 9 -> equal(mine.computeIfAbsent(key, k -> v), map.computeIfAbsent(key, k -> v), key);
        case 10 ->
            equal(
                mine.computeIfPresent(key, Worker::orNone),
                map.computeIfPresent(key, Worker::orNone),
                key);
        default -> equal(mine.merge(key, v, Integer::sum), map.merge(key, v, Integer::sum), key);
      }
    }

    private static Integer increment(HashKey key, @Nullable Integer value) {
      return value == null ? 1 : value + 1;
    }

    private static @Nullable Integer orNone(HashKey key, Integer value) {
      return value % 2 == 0 ? null : value + 1;
    }

    private void actOnSeveralKeys(int kind, List<HashKey> some) {
      int v = next();
      switch (kind) {
        case 0 -> equal(known(some), map.getAll(some), some);
        case 1 -> {
          Map<HashKey, Integer> entries = new HashMap<>();
          some.forEach(key -> entries.put(key, v));
          map.putAll(entries);
          mine.putAll(entries);
        }
        case 2 -> {
          int[] runs = {0};
          map.atomically(tx -> {
            runs[0]++;
            for (HashKey key : some) {
              equal(mine.get(key), tx.get(key), key);
              tx.put(key, v);
              equal(v, tx.get(key), key);
            }
          });
          reruns.addAndGet(runs[0] - 1);
          some.forEach(key -> mine.put(key, v));
        }
        case 3 -> {
          map.atomically(tx -> some.forEach(tx::remove));
          mine.keySet().removeAll(some);
        }
        default -> {
          map.inTurn(
              map::takeAll,
              () -> {
                some.forEach(key -> map.put(key, v));
                return null;
              });
          some.forEach(key -> mine.put(key, v));
        }
      }
      some.forEach(key -> equal(mine.get(key), map.get(key), key));
    }

    private Map<HashKey, Integer> known(List<HashKey> some) {
      Map<HashKey, Integer> known = new HashMap<>(mine);
      known.keySet().retainAll(some);
      return known;
    }

    private void actOnSharedKeys(int kind) {
      int pair = 2 * random.nextInt(PAIRS);
      HashKey one = shared.pairs.get(pair);
      HashKey other = shared.pairs.get(pair + 1);
      int v = next();
      switch (kind) {
        case 0 -> map.putAll(Map.of(one, v, other, v));
        case 1 ->
            map.atomically(tx -> {
              int before = tx.getOrDefault(one, -1);
              equal(before, tx.get(other), other);
              tx.put(one, v);
              tx.put(other, v);
            });
        case 2 -> {
          HashKey from = anyOf(shared.accounts);
          HashKey to = anyOf(shared.accounts);
          int[] runs = {0};
          map.atomically(tx -> {
            runs[0]++;
            tx.merge(from, -1, Integer::sum);
            tx.merge(to, 1, Integer::sum);
          });
          reruns.addAndGet(runs[0] - 1);
        }
        case 3 -> {
          HashKey from = anyOf(shared.places);
          HashKey to = anyOf(shared.places);
          map.atomically(tx -> {
            Integer token = tx.get(from);
            if (token != null && !tx.containsKey(to)) {
              tx.remove(from);
              tx.put(to, token);
            }
          });
        }
        case 4 -> {
          Map<HashKey, Integer> seen = map.getAll(List.of(one, other));
          equal(seen.get(one), seen.get(other), other);
        }
        default ->
            map.untilDone(
                1,
                () -> {
                  MapTransaction<HashKey, Integer> tx = new MapTransaction<>(map);
                  tx.put(one, v);
                  tx.put(other, v);
                  return tx.commit();
                });
      }
    }

    private void lookAtAll(int kind) {
      switch (kind) {
        case 0 -> look(map.snapshot());
        case 1 -> look(new HashMap<>(map));
        case 2 -> {
          Map<HashKey, Integer> seen = new HashMap<>();
          map.forEach(seen::put);
          look(seen);
        }
        case 3 -> {
          Map<HashKey, Integer> seen = new HashMap<>();
          map.entrySet().iterator().forEachRemaining(e -> seen.put(e.getKey(), e.getValue()));
          look(seen);
        }
        case 4 ->
            equal(
                (long) mine.size(),
                map.keySet().stream().filter(mine::containsKey).count(),
                "own keys");
        default -> {
          int least = mine.size() + 2 * PAIRS + ACCOUNTS + TOKENS;
          if (map.size() < least) {
            throw new AssertionError("the size is less than " + least);
          }
        }
      }
    }

    private void look(Map<HashKey, Integer> seen) {
      shared.requireWhole(seen);
      Map<HashKey, Integer> ofMine = new HashMap<>(seen);
      ofMine.keySet().retainAll(keys);
      equal(mine, ofMine, "what this thread has put in");
    }

    private boolean isMine(HashKey key) {
      return key.toString().endsWith(ending);
    }

    private void changeAll(int kind) {
      switch (kind) {
        case 0 ->
            equal(
                mine.values().removeIf(v -> v % 2 == 1),
                map.removeIf((key, v) -> isMine(key) && v % 2 == 1),
                "whether something was removed");
        case 1 -> {
          map.replaceAll((key, v) -> isMine(key) ? v + 1 : v);
          mine.replaceAll((key, v) -> v + 1);
        }
        case 2 -> {
          map.keySet().removeIf(this::isMine);
          mine.clear();
        }
        case 3 -> {
          Map<HashKey, Integer> all = new HashMap<>();
          keys.forEach(key -> all.put(key, next()));
          map.putAll(all);
          mine.putAll(all);
        }
        case 4 -> {
          keys.forEach(key -> equal(mine.put(key, 5), map.put(key, 5), key));
        }
        default -> {
          var entries = map.entrySet().iterator();
          while (entries.hasNext()) {
            var entry = entries.next();
            if (isMine(entry.getKey()) && entry.getValue() % 3 == 0) {
              entries.remove();
              mine.remove(entry.getKey());
            } else if (isMine(entry.getKey()) && entry.getValue() % 3 == 1) {
              entry.setValue(7);
              mine.put(entry.getKey(), 7);
            }
          }
        }
      }
    }
  }
}
