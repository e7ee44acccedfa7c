package io.github.threadfast.bench;

import io.github.threadfast.ReadMostlyMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jol.info.GraphLayout;

/**
 * Prints how many bytes a {@code ReadMostlyMap} takes for an entry, without its key and its value,
 * and how many a {@code ConcurrentHashMap} takes. Not for JMH, since nothing is timed.
 *
 * <pre>
 * mvn -Pbench -pl testkit,core package -Dexec.classpathScope=test -Dexec.args="-Djol.magicFieldOffset=true -cp %classpath io.github.threadfast.bench.ReadMostlyMapFootprint"
 * </pre>
 */
public final class ReadMostlyMapFootprint {
  private static final int[] SIZES = {16, 1_000, 100_000, 1_000_000};
  private static final double MUST = 1;
  private static final double AIM = 0.8;

  private ReadMostlyMapFootprint() {}

  /**
   * Prints a line for each size.
   *
   * @param args none
   */
  public static void main(String[] args) {
    for (int size : SIZES) {
      double ours = bytesAnEntry(new ReadMostlyMap<>(), new ReadMostlyMap<>(), size);
      double peer = bytesAnEntry(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), size);
      double ratio = ours / peer;
      System.out.printf(
          "bytes an entry, size=%d: %.1f / %.1f = %.2fx, must %.2f %s, aim %.2f %s, JDK %d%n",
          size,
          ours,
          peer,
          ratio,
          MUST,
          ratio <= MUST ? "met" : "MISSED",
          AIM,
          ratio <= AIM ? "met" : "missed",
          Runtime.version().feature());
    }
  }

  /**
   * Fills a map one by one, as most are, with keys that are their own values. What it shares with
   * another one isn't counted.
   */
  private static double bytesAnEntry(Map<Object, Object> map, Map<Object, Object> other, int size) {
    ReadMostlyMapKeys keys = ReadMostlyMapKeys.SCATTERED_INTEGERS;
    for (int number : keys.numbers(size)) {
      Object key = keys.key(number);
      map.put(key, key);
    }
    long all =
        GraphLayout.parseInstance(map).subtract(GraphLayout.parseInstance(other)).totalSize();
    long contents = GraphLayout.parseInstance(map.keySet().toArray()).totalSize();
    return (double) (all - contents) / size;
  }
}
