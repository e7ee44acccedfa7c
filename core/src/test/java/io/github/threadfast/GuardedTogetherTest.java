package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GuardedTogetherTest {
  private final Guarded<int[]> a = Guarded.of("a", new int[] {10});
  private final Guarded<int[]> b = Guarded.readWrite("b", new int[] {20});
  private final Guarded<int[]> c = Guarded.of("c", new int[] {30});

  private static int value(Guarded<int[]> guarded) {
    return guarded.<Integer, RuntimeException>read(v -> v[0]);
  }

  @Test
  void actionsGetTheValuesInTheOrderGiven() {
    int two = Guarded.together(b, a).read((first, second) -> first[0] - second[0]);
    int three = Guarded.together(c, b, a).compute((x, y, z) -> x[0] * 10_000 + y[0] * 100 + z[0]);
    int all =
        Guarded.together(List.of(c, a, b)).read(list -> list.get(0)[0] * 100 + list.get(1)[0]);

    assertEquals(10, two);
    assertEquals(302_010, three);
    assertEquals(3_010, all);
  }

  @Test
  void changesAreThere() {
    Guarded.together(a, b)
        .update((x, y) -> {
          x[0]--;
          y[0]++;
        });
    Guarded.together(a, b, c).update((x, y, z) -> z[0] = x[0] + y[0]);
    Guarded.together(List.of(a, b, c)).update(all -> all.forEach(v -> v[0]++));

    assertEquals(List.of(10, 22, 31), List.of(value(a), value(b), value(c)));
  }

  @Test
  void theSameValueTwice_isAnError() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Guarded.together(a, a));

    assertEquals(
        "Guarded \"a\" was given to together twice. Give each value once.", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Guarded.together(a, b, a));
    assertThrows(IllegalArgumentException.class, () -> Guarded.together(List.of(b, c, b)));
    assertThrows(IllegalArgumentException.class, () -> Guarded.together(List.of()));
  }

  @Test
  void transfersInOppositeOrder_neitherBlockNorLoseAnything() throws Exception {
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Random random = new Random(i);
      actors.add(
          Actor.start(
              "teller " + i,
              () -> {
                for (int n = 0; n < 5_000; n++) {
                  List<Guarded<int[]>> order = new ArrayList<>(List.of(a, b, c));
                  Collections.shuffle(order, random);
                  Guarded.together(order.get(0), order.get(1))
                      .update((from, to) -> {
                        from[0]--;
                        to[0]++;
                      });
                  int sum =
                      Guarded.together(order).read(all -> all.stream().mapToInt(v -> v[0]).sum());
                  assertEquals(60, sum);
                }
              }));
    }
    for (Actor actor : actors) {
      actor.join();
    }

    assertEquals(60, value(a) + value(b) + value(c));
  }

  @Test
  void insideTheActionOfOne_throwsAndLeavesTheOthersFree() {
    b.update(v -> {
      assertThrows(
          DeadlockException.class, () -> Guarded.together(a, b, c).update((x, y, z) -> {}));
      assertEquals("Guarded[\"a\", free]", a.toString());
      assertEquals("Guarded[\"c\", free]", c.toString());
    });
  }

  @Test
  void withinATime_givesUpAndLeavesAllFree() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Actor holder =
        Actor.start(
            "holder",
            () ->
                b.update(v -> {
                  inside.countDown();
                  leave.await();
                }));
    inside.await();

    TimeoutException e =
        assertThrows(
            TimeoutException.class,
            () -> Guarded.together(a, b, c).within(Duration.ofMillis(1)).update((x, y, z) -> {}));

    assertTrue(e.getMessage().startsWith("Guarded \"b\" was not free within"), e.getMessage());
    assertEquals("Guarded[\"a\", free]", a.toString());
    assertEquals("Guarded[\"c\", free]", c.toString());
    leave.countDown();
    holder.join();
  }

  @Test
  void aConditionOverSeveral_isTriedAfterAChangeOfAny() throws Exception {
    List<Integer> sums = new ArrayList<>();
    Actor waiter =
        Actor.start(
            "waiter",
            () ->
                sums.add(
                    Guarded.together(a, b)
                        .when((x, y) -> x[0] + y[0] >= 33)
                        .compute((x, y) -> x[0] + y[0])));
    waiter.awaitParked();

    a.update(v -> v[0]++);
    b.update(v -> v[0]++);
    a.update(v -> v[0]++);

    waiter.join();
    assertEquals(List.of(33), sums);
  }

  @Test
  void twoWhoWaitForConditionsOverSeveral_bothGoOn() throws Exception {
    Actor first =
        Actor.start(
            "first", () -> Guarded.together(a, b).when((x, y) -> x[0] > 10).update((x, y) -> {}));
    Actor second =
        Actor.start(
            "second",
            () ->
                Guarded.together(List.of(b, a))
                    .when(list -> list.get(1)[0] > 10)
                    .update(list -> {}));
    first.awaitParked();
    second.awaitParked();

    a.update(v -> v[0]++);

    first.join();
    second.join();
  }

  @Test
  void anInterruptEndsTheWaitForSeveral_andLeavesThemFree() throws Exception {
    Actor waiter =
        Actor.start(
            "waiter",
            () ->
                assertThrows(
                    InterruptedException.class,
                    () -> Guarded.together(a, b).when((x, y) -> false).update((x, y) -> {})));
    waiter.awaitParked();

    waiter.thread().interrupt();

    waiter.join();
    a.update(v -> v[0]++);
    assertEquals("Guarded[\"a\", free]", a.toString());
    assertEquals("Guarded[\"b\", free]", b.toString());
  }

  @Test
  void aFailure_isEachValuesOwn() {
    Guarded<int[]> copied =
        Guarded.builder(new int[] {1}).name("copied").copyOnUpdate(int[]::clone).build();
    Guarded<int[]> poisoned =
        Guarded.builder(new int[] {1}).name("poisoned").poisonOnFailure().build();

    assertThrows(
        IOException.class,
        () ->
            Guarded.together(copied, poisoned, a)
                .update((x, y, z) -> {
                  x[0] = 2;
                  y[0] = 2;
                  z[0] = 2;
                  throw new IOException();
                }));

    assertEquals(1, value(copied));
    assertTrue(poisoned.isPoisoned());
    assertEquals(2, value(a));
  }

  @Test
  void aPoisonedValue_doesNotPoisonTheOthers() {
    Guarded<int[]> sick = Guarded.builder(new int[1]).poisonOnFailure().build();
    Guarded<int[]> sound = Guarded.builder(new int[1]).poisonOnFailure().build();
    assertThrows(
        IOException.class,
        () ->
            sick.update(v -> {
              throw new IOException();
            }));

    assertThrows(
        PoisonedException.class, () -> Guarded.together(sound, sick).update((x, y) -> x[0] = 1));

    assertFalse(sound.isPoisoned());
  }

  @Test
  void theListOfTheValues_mustNotBeReturned() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class, () -> Guarded.together(List.of(a, b)).read(all -> all));

    assertEquals(
        "The guarded values would escape: the action returned the list of them. Return what you"
            + " need of it.",
        e.getMessage());
  }

  @Test
  void aBrokenInvariantOfOne_undoesTheCopiesOfAll() {
    Guarded<int[]> first = Guarded.builder(new int[] {1}).copyOnUpdate(int[]::clone).build();
    Guarded<int[]> second =
        Guarded.builder(new int[] {1}).copyOnUpdate(int[]::clone).invariant(v -> v[0] == 1).build();

    assertThrows(
        InvariantException.class,
        () ->
            Guarded.together(first, second)
                .update((x, y) -> {
                  x[0] = 2;
                  y[0] = 2;
                }));

    assertEquals(List.of(1, 1), List.of(value(first), value(second)));
    assertFalse(second.isPoisoned());
  }

  @Test
  void insideAReentrantOne_locksTheOthers() {
    Guarded<int[]> outer = Guarded.builder(new int[1]).name("outer").reentrant().build();

    outer.update(v -> Guarded.together(a, outer).update((x, y) -> y[0] = x[0]));

    assertEquals(10, value(outer));
    assertEquals("Guarded[\"outer\", free]", outer.toString());
  }

  @Test
  void accesses_sayWhatTheyAre() {
    assertEquals(
        "Access2[Guarded \"a\" and Guarded \"b\", when a condition holds, within PT1S]",
        Guarded.together(a, b).when((x, y) -> true).within(Duration.ofSeconds(1)).toString());
    assertEquals("Access[Guarded \"a\", within PT1S]", a.within(Duration.ofSeconds(1)).toString());
  }
}
