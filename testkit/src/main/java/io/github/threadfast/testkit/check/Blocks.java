package io.github.threadfast.testkit.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Orders events that fall into blocks: in the order looked for, each block's events follow on each
 * other.
 */
final class Blocks {
  /*
   * Idea (Gibbons and Korach, "Testing shared memories", 1997). The value that a call returned tells
   * in which block of the order it belongs: a write and the reads of its value follow on each other,
   * up to the next write. So what is looked for is an order of the blocks.
   *
   * Why it is right. If an event comes before one of another block, so do the two blocks. An order of
   * all events thus gives one of the blocks that keeps this; if the blocks form a circle, there is
   * none. The other way round, from an order of the blocks, replace each by its events in an order
   * that keeps their precedence and puts the first and the last where they belong. Nothing is assumed
   * of the precedence, but that it is an order.
   */

  private static final int NONE = -1;

  private final Precedence<?> precedence;
  private final int[] blockOf;
  private final int[] first;
  private final int[] last;
  private final Graph graph;

  /** Orders the events of {@code precedence}, each of which belongs to the given block. */
  Blocks(Precedence<?> precedence, int[] blockOf, int blocks) {
    this.precedence = precedence;
    this.blockOf = blockOf;
    this.first = new int[blocks];
    this.last = new int[blocks];
    this.graph = precedence.graph(blockOf, blocks);
    Arrays.fill(first, NONE);
    Arrays.fill(last, NONE);
  }

  /** Says that {@code event} must be the first of its block. */
  void beginWith(int event) {
    first[blockOf[event]] = event;
  }

  /** Says that {@code event} must be the last of its block. */
  void endWith(int event) {
    last[blockOf[event]] = event;
  }

  /** Says that one block must come before another. */
  void order(int block, int later) {
    graph.edge(block, later);
  }

  /** Returns an order of the events, or that there is none. */
  Finding find() {
    List<Integer> blocks = graph.sorted();
    if (blocks.size() < first.length) {
      return Finding.NO_ORDER;
    }
    List<List<Integer>> events = new ArrayList<>();
    blocks.forEach(block -> events.add(new ArrayList<>()));
    for (int event = 0; event < blockOf.length; event++) {
      int begin = first[blockOf[event]];
      int end = last[blockOf[event]];
      if ((begin != NONE && precedence.precedes(event, begin))
          || (end != NONE && precedence.precedes(end, event))) {
        return Finding.NO_ORDER;
      }
      if (event != begin && event != end) {
        events.get(blockOf[event]).add(event);
      }
    }
    List<Integer> order = new ArrayList<>();
    for (int block : blocks) {
      addUnlessNone(first[block], order);
      order.addAll(events.get(block));
      addUnlessNone(last[block], order);
    }
    return new Finding.Order(order);
  }

  private static void addUnlessNone(int event, List<Integer> order) {
    if (event != NONE) {
      order.add(event);
    }
  }
}
