package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A {@link Crowd} against a list of nodes. */
class CrowdTest {

  /** Keys are equal if all their parts are, whatever their classes are. */
  abstract static class Key {
    final int hash;
    final int order;
    final int id;

    Key(int hash, int order, int id) {
      this.hash = hash;
      this.order = order;
      this.id = id;
    }

    @Override
    public final int hashCode() {
      return hash;
    }

    @Override
    public final boolean equals(Object other) {
      return other instanceof Key key && key.hash == hash && key.order == order && key.id == id;
    }

    @Override
    public String toString() {
      return getClass().getSimpleName() + List.of(hash, order, id);
    }
  }

  static final class Unordered extends Key {
    Unordered(int hash, int order, int id) {
      super(hash, order, id);
    }
  }

  /** The order knows nothing of the id. */
  static final class Ordered extends Key implements Comparable<Ordered> {
    Ordered(int hash, int order, int id) {
      super(hash, order, id);
    }

    @Override
    public int compareTo(Ordered other) {
      return Integer.compare(order, other.order);
    }
  }

  /** In another order. */
  static final class Reversed extends Key implements Comparable<Reversed> {
    Reversed(int hash, int order, int id) {
      super(hash, order, id);
    }

    @Override
    public int compareTo(Reversed other) {
      return Integer.compare(other.order, order);
    }
  }

  /** What is in no order with its own. */
  @SuppressWarnings("ComparableType") // on purpose
  static final class Strange extends Key implements Comparable<String> {
    Strange(int hash, int order, int id) {
      super(hash, order, id);
    }

    @Override
    public int compareTo(String other) {
      throw new AssertionError("it is never compared with a string");
    }
  }

  @Provide
  Arbitrary<Key> keys() {
    Arbitrary<Integer> hashes = Arbitraries.of(0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
    Arbitrary<Integer> orders = Arbitraries.integers().between(0, 4);
    Arbitrary<Integer> ids = Arbitraries.integers().between(0, 2);
    return Combinators.combine(Arbitraries.integers().between(0, 6), hashes, orders, ids)
        .as((kind, hash, order, id) ->
            switch (kind) {
              case 0 -> new Unordered(hash, order, id);
              case 1, 2, 3 -> new Ordered(hash, order, id);
              case 4, 5 -> new Reversed(hash, order, id);
              default -> new Strange(hash, order, id);
            });
  }

  private static Node<Key, String> node(Key key) {
    return new Node<>(key.hash, key, "value of " + key, null);
  }

  private static List<Node<Key, String>> members(Crowd<Key, String> crowd) {
    List<Node<Key, String>> members = new ArrayList<>();
    if (crowd != null) {
      crowd.each(members::add);
    }
    return members;
  }

  /** Returns a crowd of the keys, of which equal ones are left out. */
  private static Crowd<Key, String> crowdOf(List<Key> keys) {
    Crowd<Key, String> crowd = null;
    for (Key key : keys) {
      if (crowd == null) {
        crowd = Crowd.of(node(key));
      } else if (crowd.findInside(key.hash, key) == null) {
        crowd = crowd.with(node(key));
      }
    }
    return crowd;
  }

  private static <T> Set<T> identities(List<T> elements) {
    Set<T> identities = Collections.newSetFromMap(new IdentityHashMap<>());
    identities.addAll(elements);
    assertEquals(elements.size(), identities.size(), "none comes twice");
    return identities;
  }

  /** Asserts that those are the members, in whatever order, and are found. */
  private static void assertHas(List<Node<Key, String>> expected, Crowd<Key, String> crowd) {
    assertEquals(identities(expected), identities(members(crowd)));
    if (crowd == null) {
      return;
    }
    assertEquals(expected.size(), crowd.size());
    assertEquals(members(crowd), members(crowd), "always in the same order");
    for (Node<Key, String> node : expected) {
      Key key = node.key;
      assertSame(node, crowd.findInside(key.hash, key));
      assertSame(node, crowd.findInside(key.hash, new Ordered(key.hash, key.order, key.id)));
      assertSame(node, crowd.findInside(key.hash, new Unordered(key.hash, key.order, key.id)));
      assertNull(crowd.findInside(key.hash, new Ordered(key.hash, key.order, 99)));
      assertNull(crowd.findInside(key.hash, new Unordered(key.hash, 99, key.id)));
      assertNull(crowd.findInside(key.hash + 7, new Unordered(key.hash + 7, key.order, key.id)));
    }
  }

  /** A hash table of the JDK would not do: in its trees, it looks for a key of the same class. */
  private static List<Key> distinct(List<Key> keys) {
    List<Key> distinct = new ArrayList<>();
    keys.stream().filter(key -> !distinct.contains(key)).forEach(distinct::add);
    return distinct;
  }

  private static Node<Key, String> nodeOf(List<Node<Key, String>> model, Key key) {
    return model.stream().filter(node -> node.key.equals(key)).findFirst().orElse(null);
  }

  /** Puts keys, gives them other values, and takes them out. */
  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void anyChanges_areThoseOfAList(@ForAll("keys") Key first, @ForAll List<@From("keys") Key> keys) {
    List<Node<Key, String>> model = new ArrayList<>(List.of(node(first)));
    Crowd<Key, String> crowd = Crowd.of(model.get(0));
    for (Key key : keys) {
      Node<Key, String> there = nodeOf(model, key);
      Crowd<Key, String> before = crowd;
      List<Node<Key, String>> membersBefore = members(before);
      if (there == null) {
        model.add(node(key));
        crowd = crowd == null ? Crowd.of(nodeOf(model, key)) : crowd.with(nodeOf(model, key));
      } else if (there.value().endsWith("!")) {
        model.remove(there);
        crowd = crowd.without(there);
        assertEquals(model.isEmpty(), crowd == null);
      } else {
        Node<Key, String> other = new Node<>(there.hash, there.key, there.value() + "!", null);
        model.set(model.indexOf(there), other);
        crowd = crowd.replaced(there, other);
      }
      assertHas(model, crowd);
      assertEquals(membersBefore, members(before), "the crowd before is as it was");
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void thoseOfAChain_areItsNodes(@ForAll List<@From("keys") Key> keys) {
    Node<Key, String> chain = null;
    List<Node<Key, String>> nodes = new ArrayList<>();
    for (Key key : distinct(keys)) {
      chain = new Node<>(key.hash, key, "value", chain);
      nodes.add(chain);
    }
    if (chain != null) {
      assertHas(nodes, Crowd.of(chain));
      assertHas(nodes, Crowd.ofHashes(chain));
      Crowd<Key, String> crowd = Crowd.of(chain);
      assertSame(crowd, Crowd.of(crowd));
      assertSame(crowd, Crowd.ofHashes(crowd));
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void anUnorderedOne_canBeChangedLikeAnyOther(@ForAll List<@From("keys") Key> keys) {
    List<Key> distinct = distinct(keys);
    int half = distinct.size() / 2;
    Node<Key, String> chain = null;
    List<Node<Key, String>> nodes = new ArrayList<>();
    for (Key key : distinct.subList(0, half)) {
      chain = new Node<>(key.hash, key, "value", chain);
      nodes.add(chain);
    }
    if (chain == null) {
      return;
    }
    Crowd<Key, String> crowd = Crowd.ofHashes(chain);
    for (Key key : distinct.subList(half, distinct.size())) {
      nodes.add(node(key));
      crowd = crowd.with(nodes.get(nodes.size() - 1));
    }
    assertHas(nodes, crowd);
    while (crowd != null) {
      crowd = crowd.without(nodes.remove(0));
      assertHas(nodes, crowd);
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void aChain_isMadeOfCopies(@ForAll List<@From("keys") Key> keys) {
    Crowd<Key, String> crowd = crowdOf(keys);
    if (crowd == null) {
      return;
    }
    List<Node<Key, String>> copies = new ArrayList<>();
    Node.each(crowd.chain(), copies::add);
    List<Node<Key, String>> members = members(crowd);

    assertEquals(members.size(), copies.size());
    for (Node<Key, String> member : members) {
      Node<Key, String> copy = Node.find(crowd.chain(), member.hash, member.key);
      assertNotNull(copy);
      assertNotSame(member, copy);
      assertSame(member.key, copy.key);
      assertSame(member.value(), copy.value());
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void mapped_givesEachItsNode_inTheOrderOfEach(
      @ForAll List<@From("keys") Key> keys, @ForAll int seed) {
    Crowd<Key, String> crowd = crowdOf(keys);
    if (crowd == null) {
      return;
    }
    Random random = new Random(seed);
    List<Node<Key, String>> asked = new ArrayList<>();
    List<Node<Key, String>> expected = new ArrayList<>();
    Crowd<Key, String> mapped =
        crowd.mapped(member -> {
          asked.add(member);
          if (random.nextInt(3) == 0) {
            return null;
          }
          Node<Key, String> other =
              random.nextBoolean() ? member : new Node<>(member.hash, member.key, "other", null);
          expected.add(other);
          return other;
        });

    assertEquals(members(crowd), asked);
    assertHas(expected, mapped);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void between_hasThoseOfARangeOfHashes(
      @ForAll List<@From("keys") Key> keys, @ForAll int one, @ForAll int another) {
    Crowd<Key, String> crowd = crowdOf(keys);
    if (crowd == null) {
      return;
    }
    for (int first : List.of(one, 0, Integer.MIN_VALUE, -1)) {
      for (int last : List.of(another, 0, Integer.MAX_VALUE, -1)) {
        Predicate<Node<Key, String>> isIn =
            node -> Bins.order(first, node.hash) <= 0 && Bins.order(node.hash, last) <= 0;
        assertHas(members(crowd).stream().filter(isIn).toList(), crowd.between(first, last));
      }
    }
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void joined_hasThoseOfBoth(
      @ForAll List<@From("keys") Key> keys, @ForAll List<@From("keys") Key> others) {
    Crowd<Key, String> lower =
        crowdOf(
            keys.stream().filter(key -> key.hash % 2 == 0).toList()); // the even ones come first
    Crowd<Key, String> upper = crowdOf(others.stream().filter(key -> key.hash % 2 != 0).toList());
    if (lower == null || upper == null) {
      return;
    }
    List<Node<Key, String>> all = members(lower);
    all.addAll(members(upper));

    Crowd<Key, String> joined = Crowd.joined(lower, upper);

    assertHas(all, joined);
    assertHas(members(lower), joined.between(0, -2));
    assertHas(members(upper), joined.between(1, -1));
    Key more = new Ordered(5, 1, 1);
    Node<Key, String> node = node(more);
    all.add(node);
    assertHas(all, joined.with(node));
  }

  /** Counts how often it is compared. */
  private static final class Counted implements Comparable<Counted> {
    private static long comparisons;
    private final int number;

    Counted(int number) {
      this.number = number;
    }

    @Override
    public int compareTo(Counted other) {
      comparisons++;
      return Integer.compare(number, other.number);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Counted counted && counted.number == number;
    }

    @Override
    public int hashCode() {
      return 1;
    }

    static long during(Runnable body) {
      comparisons = 0;
      body.run();
      return comparisons;
    }
  }

  /** A random search tree of 100,000 is 40 deep, and more than 100 in no lifetime. */
  @Example
  void itsDepthIsLogarithmic_inWhateverOrderKeysCome() {
    int size = 100_000;
    List<Integer> shuffled = new ArrayList<>(IntStream.range(0, size).boxed().toList());
    Collections.shuffle(shuffled, new Random(1));
    for (int[] numbers :
        List.of(
            IntStream.range(0, size).toArray(),
            IntStream.range(0, size).map(i -> size - 1 - i).toArray(),
            IntStream.range(0, size).map(i -> i % 2 == 0 ? i : size - i).toArray(),
            shuffled.stream().mapToInt(Integer::intValue).toArray())) {
      Crowd<Counted, String> crowd = Crowd.of(new Node<>(1, new Counted(numbers[0]), "", null));
      for (int i = 1; i < size; i++) {
        crowd = crowd.with(new Node<>(1, new Counted(numbers[i]), "", null));
      }
      Crowd<Counted, String> full = crowd;
      long sum = 0;
      for (int i = 0; i < size; i += 7) {
        Counted key = new Counted(i);
        long comparisons = Counted.during(() -> assertNotNull(full.findInside(1, key)));
        assertTrue(comparisons <= 100, () -> comparisons + " for " + key.number);
        sum += comparisons;
      }
      assertTrue(sum > 0 && sum / (size / 7) <= 40, "on average");
      Node<Counted, String> more = new Node<>(1, new Counted(size), "", null);
      assertTrue(Counted.during(() -> full.with(more)) <= 300);
      Node<Counted, String> member = full.findInside(1, new Counted(size / 3));
      assertTrue(Counted.during(() -> full.without(member)) <= 100);
      assertEquals(0, Counted.during(() -> full.between(0, 1)), "bins are split by hashes alone");
      assertEquals(0, Counted.during(() -> full.mapped(node -> node)));
      assertEquals(0, Counted.during(() -> Crowd.joined(full, full)));
    }
  }
}
