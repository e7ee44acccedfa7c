package io.github.threadfast;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.TestMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import com.google.common.collect.testing.testers.CollectionSpliteratorTester;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import junit.framework.Test;
import junit.framework.TestFailure;
import junit.framework.TestResult;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Guava's suites for a {@code ConcurrentMap}, but for one demand: that a collection whose elements
 * can be removed has no immutable spliterator is not so where it goes through a copy, as that of a
 * {@code CopyOnWriteArrayList}.
 */
@Timeout(60)
class ReadMostlyMapContractTest {

  /** All of one hash, in an order. */
  private record Ordered(String name) implements Comparable<Ordered> {
    @Override
    public int hashCode() {
      return 7;
    }

    @Override
    public int compareTo(Ordered other) {
      return name.compareTo(other.name);
    }
  }

  /** All of one hash, in no order. */
  private record Unordered(String name) {
    @Override
    public int hashCode() {
      return 7;
    }
  }

  @TestFactory
  DynamicContainer aMapThatIsFilled() {
    return suite("filled", name -> name, entries -> filled(new ReadMostlyMap<>(), entries));
  }

  @TestFactory
  DynamicContainer aMapThatIsACopy() {
    return suite("copied", name -> name, entries -> new ReadMostlyMap<>(asMap(entries)));
  }

  @TestFactory
  DynamicContainer aMapThatChecksItsKeys() {
    return suite(
        "checking",
        name -> name,
        entries ->
            filled(ReadMostlyMap.<String, String>builder().name("m").checkKeys().build(), entries));
  }

  @TestFactory
  DynamicContainer aMapWithKeysOfOneHash() {
    return suite("of one hash", Ordered::new, entries -> crowded(Ordered::new, entries));
  }

  @TestFactory
  DynamicContainer aMapWithKeysOfOneHashInNoOrder() {
    return suite(
        "of one hash, in no order", Unordered::new, entries -> crowded(Unordered::new, entries));
  }

  private static <K> Map<K, String> asMap(List<Map.Entry<K, String>> entries) {
    Map<K, String> map = new LinkedHashMap<>();
    entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
    return map;
  }

  private static <K> ReadMostlyMap<K, String> filled(
      ReadMostlyMap<K, String> map, List<Map.Entry<K, String>> entries) {
    entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
    return map;
  }

  /** Returns a map whose keys are a crowd, however few they are. */
  private static <K> ReadMostlyMap<K, String> crowded(
      Function<String, K> key, List<Map.Entry<K, String>> entries) {
    ReadMostlyMap<K, String> map = new ReadMostlyMap<>();
    List<K> others = IntStream.range(0, 20).mapToObj(i -> key.apply("other " + i)).toList();
    others.forEach(other -> map.put(other, ""));
    filled(map, entries);
    others.forEach(map::remove);
    assertTrue(
        entries.isEmpty() || Arrays.stream(map.bins()).anyMatch(Crowd.class::isInstance),
        "the keys are a crowd");
    return map;
  }

  private static <K> DynamicContainer suite(
      String name,
      Function<String, K> key,
      Function<List<Map.Entry<K, String>>, Map<K, String>> maker) {
    return (DynamicContainer)
        node(
            ConcurrentMapTestSuiteBuilder.using(new Generator<>(key, maker))
                .named(name)
                .withFeatures(
                    CollectionSize.ANY,
                    MapFeature.GENERAL_PURPOSE,
                    CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
                .suppressing(
                    CollectionSpliteratorTester
                        .getSpliteratorNotImmutableCollectionAllowsRemoveMethod())
                .createTestSuite());
  }

  private static DynamicNode node(Test test) {
    if (test instanceof TestSuite suite) {
      Enumeration<Test> tests = suite.tests();
      return dynamicContainer(
          String.valueOf(suite.getName()),
          Collections.list(tests).stream().map(ReadMostlyMapContractTest::node));
    }
    return dynamicTest(test.toString(), () -> run(test));
  }

  private static void run(Test test) throws Throwable {
    TestResult result = new TestResult();
    test.run(result);
    assertTrue(result.runCount() == 1, "it has run");
    for (Enumeration<TestFailure> failures : List.of(result.failures(), result.errors())) {
      if (failures.hasMoreElements()) {
        throw new AssertionError(test.toString(), failures.nextElement().thrownException());
      }
    }
  }

  /** What the suites ask for: maps of sample entries. */
  private record Generator<K>(
      Function<String, K> key, Function<List<Map.Entry<K, String>>, Map<K, String>> maker)
      implements TestMapGenerator<K, String> {

    @Override
    public SampleElements<Map.Entry<K, String>> samples() {
      IntFunction<Map.Entry<K, String>> sample = i -> entry(key.apply("key " + i), "value " + i);
      return new SampleElements<>(
          sample.apply(0), sample.apply(1), sample.apply(2), sample.apply(3), sample.apply(4));
    }

    @Override
    @SuppressWarnings("unchecked") // the elements come from samples or createArray
    public Map<K, String> create(Object... elements) {
      return maker.apply(Stream.of(elements).map(e -> (Map.Entry<K, String>) e).toList());
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of a parameterized type
    public Map.Entry<K, String>[] createArray(int length) {
      return new Map.Entry[length];
    }

    @Override
    @SuppressWarnings("unchecked") // of the keys' class, as suites demand it
    public K[] createKeyArray(int length) {
      return (K[]) Array.newInstance(key.apply("").getClass(), length);
    }

    @Override
    public String[] createValueArray(int length) {
      return new String[length];
    }

    @Override
    public Iterable<Map.Entry<K, String>> order(List<Map.Entry<K, String>> insertionOrder) {
      return insertionOrder;
    }
  }
}
