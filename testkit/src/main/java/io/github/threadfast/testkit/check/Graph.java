package io.github.threadfast.testkit.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A directed graph of the numbers from 0. */
final class Graph {
  private final List<List<Integer>> followers = new ArrayList<>();
  private final int[] edgesTo;

  Graph(int nodes) {
    for (int node = 0; node < nodes; node++) {
      followers.add(new ArrayList<>(0));
    }
    edgesTo = new int[nodes];
  }

  /** Says that {@code first} must come before {@code second}, if they are not the same. */
  void edge(int first, int second) {
    if (first != second) {
      followers.get(first).add(second);
      edgesTo[second]++;
    }
  }

  /** Returns the nodes in an order that keeps all edges, without those on and behind a circle. */
  List<Integer> sorted() {
    int[] edgesLeft = edgesTo.clone();
    Deque<Integer> free = new ArrayDeque<>();
    for (int node = 0; node < edgesLeft.length; node++) {
      if (edgesLeft[node] == 0) {
        free.add(node);
      }
    }
    List<Integer> sorted = new ArrayList<>();
    while (!free.isEmpty()) {
      int node = free.remove();
      sorted.add(node);
      for (int follower : followers.get(node)) {
        if (--edgesLeft[follower] == 0) {
          free.add(follower);
        }
      }
    }
    return sorted;
  }
}
