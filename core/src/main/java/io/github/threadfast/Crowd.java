package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A bin with so many keys that to look at each would take long: those that have an order are in a
 * search tree. It is never changed; to add or take out a member is to make another crowd. Members
 * are nodes, which may be in several crowds: their {@code next} means nothing here.
 */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
final class Crowd<K, V> extends Node<K, V> {
  /*
   * Idea. Hashes order keys, and where they are equal, compareTo does, if there is one. The rest,
   * among them keys that compareTo calls equal though equals does not, are in a list. An attacker
   * can choose keys of one hash, but not the shape of the tree: it is a treap, which random
   * priorities keep balanced.
   *
   * Invariants.
   * (1) All keys in the tree are of one class, which is Comparable to itself. They are in the order of
   *     hashes, as unsigned numbers, and then of compareTo, which calls no two of them equal.
   * (2) A node of the tree has no child of a higher priority.
   * (3) The hash of the crowd itself, as a node, leads to another bin: no key that is looked up here
   *     has it. So a search that walks chains passes it by.
   *
   * compareTo serves to find a key sooner. What it calls equal, equals has to confirm; if that
   * says no, the key may still be in the list. A key of another class than those in the tree may
   * equal one of them: so it is compared with each that has its hash.
   *
   * Since bins are ranges of hashes, a crowd is split, and two are joined, by hashes alone: a table
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

  /** Returns a crowd of the nodes of a bin, without asking for the order of its keys. */
  static <K, V> Crowd<K, V> unordered(Node<K, V> head) {
    if (head instanceof Crowd<K, V> crowd) {
      return crowd;
    }
    Rest<K, V> rest = null;
    for (Node<K, V> node = head; node != null; node = node.next) {
      rest = new Rest<>(node, rest);
    }
    return new Crowd<>(head, null, rest);
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
  @Nullable Node<K, V> find(int hash, Object key) {
    Node<K, V> found = null;
    if (tree != null) {
      found =
          isOrderedWith(tree, key)
              ? tree.find(hash, key)
              : Tree.findAmongEqualHashes(tree, hash, key);
    }
    for (Rest<K, V> left = rest; found == null && left != null; left = left.others) {
      if (left.member.hash == hash && Keys.equal(key, left.member.key)) {
        found = left.member;
      }
    }
    return found;
  }

  /** Returns a crowd with a node more, whose key was not in it. */
  Crowd<K, V> with(Node<K, V> node) {
    if (tree == null
        ? isOrdered(node.key)
        : isOrderedWith(tree, node.key) && tree.place(node.hash, node.key) == null) {
      Predicate<Node<K, V>> isBefore = other -> Tree.compare(node.hash, node.key, other) > 0;
      int priority = ThreadLocalRandom.current().nextInt();
      return new Crowd<>(this, Tree.with(tree, node, priority, isBefore), rest);
    }
    return new Crowd<>(this, tree, new Rest<>(node, rest));
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
        : of(requireNonNull(tree).replaced(member, node), others);
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

  /**
   * Returns the members whose hashes are from {@code first} to {@code last}, as unsigned numbers.
   */
  @Nullable Crowd<K, V> between(int first, int last) {
    Predicate<Node<K, V>> isBefore = node -> Integer.compareUnsigned(node.hash, first) < 0;
    Predicate<Node<K, V>> isNotAfter = node -> Integer.compareUnsigned(node.hash, last) <= 0;
    Rest<K, V> others = null;
    for (Rest<K, V> left = rest; left != null; left = left.others) {
      if (isNotAfter.test(left.member) && !isBefore.test(left.member)) {
        others = new Rest<>(left.member, others);
      }
    }
    return of(Tree.last(Tree.first(tree, isNotAfter), isBefore), others);
  }

  /**
   * Returns the members of two crowds, of which the first has the lower hashes. If they are ordered
   * in two ways, those of one go to the list: no user code is run, which would be asked for more.
   */
  static <K, V> @Nullable Crowd<K, V> joined(Crowd<K, V> lower, Crowd<K, V> upper) {
    Rest<K, V> rest = lower.rest;
    for (Rest<K, V> left = upper.rest; left != null; left = left.others) {
      rest = new Rest<>(left.member, rest);
    }
    if (lower.tree == null
        || upper.tree == null
        || isOrderedWith(lower.tree, upper.tree.member.key)) {
      return of(Tree.joined(lower.tree, upper.tree), rest);
    }
    return of(lower.tree, upper.tree.addedTo(rest));
  }

  /** Returns whether a key can be compared with others of its class. */
  @SuppressWarnings("unchecked") // it tells whether it is so
  private static boolean isOrdered(Object key) {
    try {
      return key instanceof Comparable && ((Comparable<Object>) key).compareTo(key) == 0;
    } catch (ClassCastException e) { // by which compareTo says no: it compares with other classes
      return false;
    }
  }

  private static boolean isOrderedWith(Tree<?, ?> tree, Object key) {
    return tree.member.key.getClass() == key.getClass();
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

    @SuppressWarnings("unchecked") // both keys are of one class, by (1)
    private static int compare(int hash, Object key, Node<?, ?> other) {
      return hash == other.hash
          ? ((Comparable<Object>) key).compareTo(other.key)
          : Integer.compareUnsigned(hash, other.hash);
    }

    /** Returns the member that has a key, of the class of the others. */
    @Nullable Node<K, V> find(int hash, Object key) {
      Node<K, V> same = place(hash, key);
      return same != null && Keys.equal(key, same.key) ? same : null;
    }

    /** Returns the member whose key is the same in the order. */
    @Nullable Node<K, V> place(int hash, Object key) {
      Tree<K, V> tree = this;
      while (tree != null) {
        int order = compare(hash, key, tree.member);
        if (order == 0) {
          return tree.member;
        }
        tree = order < 0 ? tree.left : tree.right;
      }
      return null;
    }

    /** Returns the member that has a key, of another class than the others. */
    static <K, V> @Nullable Node<K, V> findAmongEqualHashes(
        @Nullable Tree<K, V> tree, int hash, Object key) {
      if (tree == null) {
        return null;
      }
      int order = Integer.compareUnsigned(hash, tree.member.hash);
      if (order == 0 && Keys.equal(key, tree.member.key)) {
        return tree.member;
      }
      Node<K, V> found = order <= 0 ? findAmongEqualHashes(tree.left, hash, key) : null;
      return found == null && order >= 0 ? findAmongEqualHashes(tree.right, hash, key) : found;
    }

    /** Returns a tree with a node more. */
    static <K, V> Tree<K, V> with(
        @Nullable Tree<K, V> tree,
        Node<K, V> node,
        int priority,
        Predicate<? super Node<K, V>> isBefore) {
      if (tree == null || priority > tree.priority) {
        return new Tree<>(node, priority, first(tree, isBefore), last(tree, isBefore));
      }
      return isBefore.test(tree.member)
          ? tree.withChildren(tree.left, with(tree.right, node, priority, isBefore))
          : tree.withChildren(with(tree.left, node, priority, isBefore), tree.right);
    }

    private Tree<K, V> withChildren(@Nullable Tree<K, V> left, @Nullable Tree<K, V> right) {
      return new Tree<>(member, priority, left, right);
    }

    /** Returns the first members, as long as a condition holds of them. */
    static <K, V> @Nullable Tree<K, V> first(
        @Nullable Tree<K, V> tree, Predicate<? super Node<K, V>> condition) {
      if (tree == null) {
        return null;
      }
      return condition.test(tree.member)
          ? tree.withChildren(tree.left, first(tree.right, condition))
          : first(tree.left, condition);
    }

    /** Returns the members that {@link #first} leaves out. */
    static <K, V> @Nullable Tree<K, V> last(
        @Nullable Tree<K, V> tree, Predicate<? super Node<K, V>> condition) {
      if (tree == null) {
        return null;
      }
      return condition.test(tree.member)
          ? last(tree.right, condition)
          : tree.withChildren(last(tree.left, condition), tree.right);
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
    @Nullable Tree<K, V> replaced(Node<K, V> old, @Nullable Node<K, V> node) {
      if (member == old) {
        return node == null ? joined(left, right) : new Tree<>(node, priority, left, right);
      }
      return compare(old.hash, old.key, member) < 0
          ? withChildren(requireNonNull(left).replaced(old, node), right)
          : withChildren(left, requireNonNull(right).replaced(old, node));
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

    /** Returns a list with all members. */
    Rest<K, V> addedTo(@Nullable Rest<K, V> rest) {
      Rest<K, V> after = right == null ? rest : right.addedTo(rest);
      Rest<K, V> all = new Rest<>(member, after);
      return left == null ? all : left.addedTo(all);
    }
  }
}
