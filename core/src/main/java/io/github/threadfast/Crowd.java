package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bin with so many keys that to look at each would take long: they are in a search tree. It is
 * never changed; to add or take out a member is to make another crowd. Members are nodes, which may
 * be in several crowds: their {@code next} means nothing here.
 */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
final class Crowd<K, V> extends Node<K, V> {
  /*
   * Idea. Hashes order keys, and where they are equal, compareTo does, if there is one. The rest,
   * which have the hash of another and no order with it, are in a list. An attacker can choose keys
   * of one hash, but not the shape of the tree: it is a treap, which random priorities keep balanced.
   *
   * Invariants.
   * (1) The keys in the tree are in the order of hashes (Bins.order). Those with equal hashes
   *     are of one class, whose objects are Comparable to each other, and in the order of compareTo,
   *     which calls no two of them equal.
   * (2) A node of the tree has no child of a higher priority.
   * (3) The hash of the crowd itself, as a node, leads to another bin: no key that is looked up here
   *     has it. So a search that walks chains passes it by.
   *
   * compareTo serves to find a key sooner. What it calls equal, equals has to confirm; if that
   * says no, the key may still be in the list. A key that can't be compared with those of its hash may
   * equal one of them: so it is compared with each by equals.
   *
   * Since the hashes of a bin are in a row, a crowd is split, and two are joined, by hashes alone: a table
   * is resized without running code of the user.
   *
   * References. C. R. Aragon, R. G. Seidel, Randomized Search Trees, FOCS 1989; split and join as
   * in G. E. Blelloch, M. Reid-Miller, Fast Set Operations Using Treaps, SPAA 1998.
   */

  /** Gives another node of the same key, or null for none. */
  interface Mapper<K, V> {
    @Nullable Node<K, V> map(Node<K, V> member);
  }

  private final @Nullable Tree<K, V> tree;
  private final @Nullable Rest<K, V> rest;

  private static final Object NOTHING = new Object();

  /** Makes one for a bin in which {@code some} is, a member or a crowd. */
  @SuppressWarnings("unchecked") // never handed out
  private Crowd(Node<K, V> some, @Nullable Tree<K, V> tree, @Nullable Rest<K, V> rest) {
    super(some instanceof Crowd ? some.hash : ~some.hash, (K) NOTHING, (V) NOTHING, null);
    this.tree = tree;
    this.rest = rest;
  }

  private static <K, V> @Nullable Crowd<K, V> of(
      @Nullable Tree<K, V> tree, @Nullable Rest<K, V> rest) {
    if (tree != null) {
      return new Crowd<>(tree.member, tree, rest);
    }
    return rest != null ? new Crowd<>(rest.member, null, rest) : null;
  }

  /** Returns a crowd of the nodes of a bin, which is not empty. */
  static <K, V> Crowd<K, V> of(Node<K, V> head) {
    if (head instanceof Crowd<K, V> crowd) {
      return crowd;
    }
    Crowd<K, V> crowd = new Crowd<>(head, null, null);
    for (Node<K, V> node = head; node != null; node = node.next) {
      crowd = crowd.with(node);
    }
    return crowd;
  }

  /** Returns a crowd of the nodes of a bin, without asking keys for their order. */
  static <K, V> Crowd<K, V> ofHashes(Node<K, V> head) {
    if (head instanceof Crowd<K, V> crowd) {
      return crowd;
    }
    Crowd<K, V> crowd = new Crowd<>(head, null, null);
    for (Node<K, V> node = head; node != null; node = node.next) {
      crowd = crowd.with(node, false);
    }
    return crowd;
  }

  /**
   * Copies the members to arrays, as far as they have room; returns where the next one would go,
   * had they more.
   */
  int copyTo(@Nullable Object[] keys, @Nullable Object[] values, int first) {
    int[] next = {first};
    each(member -> {
      if (next[0] < keys.length) {
        keys[next[0]] = member.key;
        values[next[0]] = member.value();
      }
      next[0]++;
    });
    return next[0];
  }

  int size() {
    int[] size = {0};
    each(member -> size[0]++);
    return size[0];
  }

  /** Returns a chain of copies, with their values. */
  Node<K, V> chain() {
    AtomicReference<@Nullable Node<K, V>> chain = new AtomicReference<>();
    each(member ->
        chain.setPlain(new Node<>(member.hash, member.key, member.value(), chain.getPlain())));
    return requireNonNull(chain.getPlain());
  }

  /** Returns the member that has a key, if there is one. */
  @Override
  @Nullable Node<K, V> findInside(int hash, Object key) {
    Node<K, V> found = Tree.find(tree, hash, key);
    for (Rest<K, V> left = rest; found == null && left != null; left = left.others) {
      if (left.member.hash == hash && Keys.equal(key, left.member.key)) {
        found = left.member;
      }
    }
    return found;
  }

  /** Returns a crowd with a node more, whose key was not in it. */
  Crowd<K, V> with(Node<K, V> node) {
    return with(node, true);
  }

  /** As {@link #with(Node)}; asks keys for their order only if it may. */
  private Crowd<K, V> with(Node<K, V> node, boolean mayCompare) {
    return Tree.hasPlace(tree, node, mayCompare)
        ? new Crowd<>(this, Tree.with(tree, node, ThreadLocalRandom.current().nextInt()), rest)
        : new Crowd<>(this, tree, new Rest<>(node, rest));
  }

  /** Returns a crowd without one of its members, or null if there is no other. */
  @Nullable Crowd<K, V> without(Node<K, V> member) {
    return replaced(member, null);
  }

  /** Returns a crowd with another node of the same key, or none, in the place of a member. */
  @Nullable Crowd<K, V> replaced(Node<K, V> member, @Nullable Node<K, V> node) {
    Rest<K, V> others = Rest.replaced(rest, member, node);
    return others != rest
        ? of(tree, others)
        : of(requireNonNull(tree).replacing(member, node), others);
  }

  /** Hands out each member, always in the same order. */
  void each(Consumer<? super Node<K, V>> action) {
    if (tree != null) {
      tree.each(action);
    }
    for (Rest<K, V> left = rest; left != null; left = left.others) {
      action.accept(left.member);
    }
  }

  /**
   * Returns a crowd with other nodes of the same keys, or none, in the place of the members, which
   * are handed out in the order of {@link #each}.
   */
  @Nullable Crowd<K, V> mapped(Mapper<K, V> mapper) {
    Tree<K, V> mapped = tree == null ? null : tree.mapped(mapper);
    Rest<K, V> others = null;
    for (Rest<K, V> left = rest; left != null; left = left.others) {
      Node<K, V> node = mapper.map(left.member);
      others = node == null ? others : new Rest<>(node, others);
    }
    return of(mapped, others);
  }

  /** Returns the members whose hashes are from {@code first} to {@code last}, in their order. */
  @Nullable Crowd<K, V> between(int first, int last) {
    Predicate<Node<K, V>> isBefore = node -> Bins.order(node.hash, first) < 0;
    Predicate<Node<K, V>> isNotAfter = node -> Bins.order(node.hash, last) <= 0;
    Rest<K, V> others = null;
    for (Rest<K, V> left = rest; left != null; left = left.others) {
      if (isNotAfter.test(left.member) && !isBefore.test(left.member)) {
        others = new Rest<>(left.member, others);
      }
    }
    return of(Parts.of(Parts.of(tree, isNotAfter).lower, isBefore).upper, others);
  }

  /** Returns the members of two crowds, of which the first comes first in the order of hashes. */
  static <K, V> @Nullable Crowd<K, V> joined(Crowd<K, V> lower, Crowd<K, V> upper) {
    Rest<K, V> rest = lower.rest;
    for (Rest<K, V> left = upper.rest; left != null; left = left.others) {
      rest = new Rest<>(left.member, rest);
    }
    return of(Tree.joined(lower.tree, upper.tree), rest);
  }

  /** Those that are in no order. */
  private record Rest<K, V>(Node<K, V> member, @Nullable Rest<K, V> others) {

    /**
     * Returns {@code rest} with a node, or none, in the place of a member; itself, if it has none
     * such.
     */
    static <K, V> @Nullable Rest<K, V> replaced(
        @Nullable Rest<K, V> rest, Node<K, V> member, @Nullable Node<K, V> node) {
      for (Rest<K, V> found = rest; found != null; found = found.others) {
        if (found.member == member) {
          Rest<K, V> copied = node == null ? found.others : new Rest<>(node, found.others);
          for (Rest<K, V> before = requireNonNull(rest);
              before != found;
              before = requireNonNull(before.others)) {
            copied = new Rest<>(before.member, copied);
          }
          return copied;
        }
      }
      return rest;
    }
  }

  /** Those that are in order. No tree at all is an empty one. */
  private record Tree<K, V>(
      Node<K, V> member, int priority, @Nullable Tree<K, V> left, @Nullable Tree<K, V> right) {

    /** Compares two keys that are in order: if their hashes are equal, they can be compared. */
    @SuppressWarnings("unchecked") // by (1)
    private static int compare(int hash, Object key, Node<?, ?> other) {
      return hash == other.hash
          ? ((Comparable<Object>) key).compareTo(other.key)
          : Bins.order(hash, other.hash);
    }

    /**
     * Returns whether keys of equal hashes can be compared: they are of one class, which says that
     * its objects are Comparable to each other. One that is so by a superclass may not mean it.
     */
    private static boolean areOrdered(Object key, Object other) {
      Class<?> type = key.getClass();
      return key instanceof Comparable
          && other.getClass() == type
          && (type == String.class
              || Arrays.stream(type.getGenericInterfaces())
                  .anyMatch(its ->
                      its instanceof ParameterizedType of
                          && of.getRawType() == Comparable.class
                          && of.getActualTypeArguments()[0] == type));
    }

    /** Returns the member that has a key, if it is in the tree. */
    static <K, V> @Nullable Node<K, V> find(@Nullable Tree<K, V> tree, int hash, Object key) {
      boolean isOrdered = false;
      Tree<K, V> place = tree;
      while (place != null) {
        Node<K, V> member = place.member;
        if (hash == member.hash && !isOrdered) {
          isOrdered = areOrdered(key, member.key); // and with all others of the hash
          if (!isOrdered) {
            return findAmongEqualHashes(place, hash, key);
          }
        }
        int order = compare(hash, key, member);
        if (order == 0) {
          return Keys.equal(key, member.key) ? member : null;
        }
        place = order < 0 ? place.left : place.right;
      }
      return null;
    }

    private static <K, V> @Nullable Node<K, V> findAmongEqualHashes(
        @Nullable Tree<K, V> tree, int hash, Object key) {
      if (tree == null) {
        return null;
      }
      int order = Bins.order(hash, tree.member.hash);
      if (order == 0 && Keys.equal(key, tree.member.key)) {
        return tree.member;
      }
      Node<K, V> found = order <= 0 ? findAmongEqualHashes(tree.left, hash, key) : null;
      return found == null && order >= 0 ? findAmongEqualHashes(tree.right, hash, key) : found;
    }

    /** Returns whether a key, which is not in the tree, has a place in its order. */
    static <K, V> boolean hasPlace(@Nullable Tree<K, V> tree, Node<K, V> node, boolean mayCompare) {
      boolean isOrdered = false;
      Tree<K, V> place = tree;
      while (place != null) {
        Node<K, V> member = place.member;
        if (node.hash == member.hash && !isOrdered) {
          isOrdered = mayCompare && areOrdered(node.key, member.key);
          if (!isOrdered) {
            return false;
          }
        }
        int order = compare(node.hash, node.key, member);
        if (order == 0) {
          return false;
        }
        place = order < 0 ? place.left : place.right;
      }
      return true;
    }

    /** Returns a tree with a node more, which has a place in its order. */
    static <K, V> Tree<K, V> with(@Nullable Tree<K, V> tree, Node<K, V> node, int priority) {
      if (tree == null || priority > tree.priority) {
        Predicate<Node<K, V>> isBefore = other -> compare(node.hash, node.key, other) > 0;
        Parts<K, V> parts = Parts.of(tree, isBefore);
        return new Tree<>(node, priority, parts.lower, parts.upper);
      }
      return compare(node.hash, node.key, tree.member) > 0
          ? tree.withChildren(tree.left, with(tree.right, node, priority))
          : tree.withChildren(with(tree.left, node, priority), tree.right);
    }

    private Tree<K, V> withChildren(@Nullable Tree<K, V> left, @Nullable Tree<K, V> right) {
      return new Tree<>(member, priority, left, right);
    }

    /** Returns all members of two, of which the first comes first in the order. */
    static <K, V> @Nullable Tree<K, V> joined(
        @Nullable Tree<K, V> lower, @Nullable Tree<K, V> upper) {
      if (lower == null || upper == null) {
        return lower == null ? upper : lower;
      }
      return lower.priority > upper.priority
          ? lower.withChildren(lower.left, joined(lower.right, upper))
          : upper.withChildren(joined(lower, upper.left), upper.right);
    }

    /** Returns a tree with another node of the same key, or none, in the place of a member. */
    @Nullable Tree<K, V> replacing(Node<K, V> old, @Nullable Node<K, V> node) {
      Tree<K, V> replaced = replacedOnPath(this, old, node);
      return replaced == this
          ? mapped(member -> member == old ? node : member) // a key that has changed is found, too
          : replaced;
    }

    /** Returns the same tree if the order does not lead to the member. */
    private static <K, V> @Nullable Tree<K, V> replacedOnPath(
        @Nullable Tree<K, V> tree, Node<K, V> old, @Nullable Node<K, V> node) {
      if (tree == null) {
        return null;
      }
      if (tree.member == old) {
        return node == null
            ? joined(tree.left, tree.right)
            : new Tree<>(node, tree.priority, tree.left, tree.right);
      }
      boolean isBefore = compare(old.hash, old.key, tree.member) < 0;
      Tree<K, V> child = isBefore ? tree.left : tree.right;
      Tree<K, V> replaced = replacedOnPath(child, old, node);
      if (replaced == child) {
        return tree;
      }
      return isBefore
          ? tree.withChildren(replaced, tree.right)
          : tree.withChildren(tree.left, replaced);
    }

    void each(Consumer<? super Node<K, V>> action) {
      if (left != null) {
        left.each(action);
      }
      action.accept(member);
      if (right != null) {
        right.each(action);
      }
    }

    @Nullable Tree<K, V> mapped(Mapper<K, V> mapper) {
      Tree<K, V> before = left == null ? null : left.mapped(mapper);
      Node<K, V> node = mapper.map(member);
      Tree<K, V> after = right == null ? null : right.mapped(mapper);
      return node == null ? joined(before, after) : new Tree<>(node, priority, before, after);
    }
  }

  /**
   * Two parts of a tree, of which the first comes first in the order. Each member is asked for its
   * part once, and so is in one of them, even if keys contradict themselves.
   */
  private record Parts<K, V>(@Nullable Tree<K, V> lower, @Nullable Tree<K, V> upper) {
    static <K, V> Parts<K, V> of(@Nullable Tree<K, V> tree, Predicate<? super Node<K, V>> isLower) {
      if (tree == null) {
        return new Parts<>(null, null);
      }
      if (isLower.test(tree.member)) {
        Parts<K, V> right = of(tree.right, isLower);
        return new Parts<>(tree.withChildren(tree.left, right.lower), right.upper);
      }
      Parts<K, V> left = of(tree.left, isLower);
      return new Parts<>(left.lower, tree.withChildren(left.upper, tree.right));
    }
  }
}
