package io.github.threadfast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** What threads see of the {@link Ring} of a {@link WorkerPool}, and of what a worker has done. */
final class WorkerPoolMemory {
  private WorkerPoolMemory() {}

  /** Its field is plain, and it is written before the item is added. */
  static final class Item {
    int number;

    static Item of(int number) {
      Item item = new Item();
      item.number = number;
      return item;
    }
  }

  private static int numberOf(Item item) {
    return item == null ? 0 : item.number;
  }

  @JCStressTest
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It came too early and found none.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The item, whole.")
  @Outcome(expect = FORBIDDEN, desc = "Half an item, or twice the same, or it was lost.")
  @State
  public static class ATakerSeesTheItemWhole {
    private final Ring<Item> ring = new Ring<>(2);

    @Actor
    public void add() {
      ring.add(Item.of(1), 0);
    }

    @Actor
    public void take(II_Result result) {
      result.r1 = numberOf(ring.tryTake());
    }

    @Arbiter
    public void takeWhatIsLeft(II_Result result) {
      result.r2 = numberOf(ring.take());
    }
  }

  @JCStressTest
  @Outcome(
      id = {"1, 2, 3", "2, 1, 3"},
      expect = ACCEPTABLE,
      desc = "Each got one, and the last one is left.")
  @Outcome(expect = FORBIDDEN, desc = "Both got one item, or one was left out.")
  @State
  public static class TwoTakersTakeTwoItems {
    private final Ring<Item> ring = new Ring<>(2);

    public TwoTakersTakeTwoItems() {
      for (int number = 1; number <= 3; number++) {
        ring.add(Item.of(number), 0);
      }
    }

    @Actor
    public void take(III_Result result) {
      result.r1 = numberOf(ring.tryTake());
    }

    @Actor
    public void takeToo(III_Result result) {
      result.r2 = numberOf(ring.tryTake());
    }

    @Arbiter
    public void takeWhatIsLeft(III_Result result) {
      result.r3 = numberOf(ring.take());
    }
  }

  /**
   * The slots are full, so that others take their place, or the slot that is used again is clear.
   */
  @JCStressTest
  @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "All are there, in their order.")
  @Outcome(expect = FORBIDDEN, desc = "Another item was taken, or one was lost.")
  @State
  public static class ATakerIsNotMisledByNewSlots {
    private final Ring<Item> ring = new Ring<>(2);

    public ATakerIsNotMisledByNewSlots() {
      ring.add(Item.of(1), 0);
      ring.add(Item.of(2), 0);
    }

    @Actor
    public void add() {
      ring.add(Item.of(3), 0);
    }

    @Actor
    public void take(III_Result result) {
      result.r1 = numberOf(ring.tryTake()); // none, if it is held off
    }

    @Arbiter
    public void takeWhatIsLeft(III_Result result) {
      if (result.r1 == 0) {
        result.r1 = numberOf(ring.take());
      }
      result.r2 = numberOf(ring.take());
      result.r3 = numberOf(ring.take());
    }
  }

  @JCStressTest
  @Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "It came too late.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It got the first, the other was taken out.")
  @Outcome(expect = FORBIDDEN, desc = "An item that was taken twice, or was lost.")
  @State
  public static class WhatIsTakenWithAllIsNotTakenAgain {
    private final Ring<Item> ring = new Ring<>(2);

    public WhatIsTakenWithAllIsNotTakenAgain() {
      ring.add(Item.of(1), 0);
      ring.add(Item.of(2), 0);
    }

    @Actor
    public void take(II_Result result) {
      result.r1 = numberOf(ring.tryTake());
    }

    @Actor
    public void takeAll(II_Result result) {
      List<Item> all = ring.takeAll();
      result.r2 = all.size();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Not counted, and not seen.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Not counted, but seen already.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Counted and seen.")
  @Outcome(expect = FORBIDDEN, desc = "An item counts as completed, and what it did isn't seen.")
  @State
  public static class WhoCountsAnItemSeesWhatItsHandlerDid {
    private final Worker<Item> worker = new Worker<>(null, null); // it runs nothing
    private int handled;

    @Actor
    public void handle() {
      handled = 1;
      worker.countCompleted();
    }

    @Actor
    public void count(II_Result result) {
      result.r1 = (int) worker.completed();
      result.r2 = handled;
    }
  }
}
