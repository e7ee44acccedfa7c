package io.github.threadfast;

import io.github.threadfast.testkit.Stress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several threads on one {@code Guarded}: red without its lock. */
class GuardedStress {
  private static final Duration BUDGET = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(1);

  /** Two numbers that are equal between actions. */
  static final class Pair {
    private int first;
    private int second;

    Pair() {}

    Pair(Pair original) {
      first = original.first;
      second = original.second;
    }

    int grow() {
      first++;
      second++;
      return first;
    }

    void failHalfway() {
      first++;
      throw new ArithmeticException();
    }

    boolean isWhole() {
      return first == second;
    }

    @Override
    public String toString() {
      return first + " and " + second;
    }
  }

  enum Variant {
    EXCLUSIVE(builder -> builder),
    FAIR(Guarded.Builder::fair),
    REENTRANT(Guarded.Builder::reentrant),
    READ_WRITE(Guarded.Builder::readWrite),
    FAIR_READ_WRITE(builder -> builder.readWrite().fair()),
    REENTRANT_READ_WRITE(builder -> builder.readWrite().reentrant()),
    POISONED(Guarded.Builder::poisonOnFailure),
    CHECKED(builder -> builder.invariant(Pair::isWhole)),
    COPIED(builder -> builder.copyOnUpdate(Pair::new)),
    COPIED_READ_WRITE(builder -> builder.readWrite().copyOnUpdate(Pair::new));

    @SuppressWarnings("ImmutableEnumChecker") // a function of its argument alone
    private final UnaryOperator<Guarded.Builder<Pair>> choices;

    Variant(UnaryOperator<Guarded.Builder<Pair>> choices) {
      this.choices = choices;
    }

    Guarded<Pair> make() {
      return choices.apply(Guarded.builder(new Pair())).build();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyVariant_isLinearizable(Variant variant) {
    Stress.of(variant::make)
        .operation("grow", pair -> pair.compute(Pair::grow))
        .action("grow, too", pair -> pair.update(Pair::grow))
        .operation("show", pair -> pair.read(Pair::toString))
        .operation("show, too", pair -> pair.read(Pair::toString))
        .operation("show within", pair -> pair.within(LONG).read(Pair::toString))
        .action("grow within", pair -> pair.within(LONG).update(Pair::grow))
        .action("fail", pair -> pair.update(Pair::failHalfway))
        .operation("repair", pair -> pair.repair(broken -> new Pair()))
        .action("replace", pair -> pair.replace(Pair::new))
        .budget(BUDGET)
        .assertLinearizable();
  }

  /** Two numbers that take a while to change, and to look at: who should not be there is seen. */
  private static final class Slow {
    private int first;
    private int second;

    void grow() {
      first++;
      pause();
      second++;
    }

    boolean isWhole() {
      int before = first;
      pause();
      return before == second;
    }

    private static void pause() {
      for (int i = 0; i < 20; i++) {
        Thread.onSpinWait();
      }
    }
  }

  /** The handshake of a reader and a writer that come at the same moment. */
  @Test
  void aReaderAndAWriter_neverMeet() {
    Stress.of(() -> Guarded.readWrite(new Slow()))
        .action("grow", slow -> slow.update(Slow::grow))
        .operation("look", slow -> slow.read(Slow::isWhole))
        .threads(2)
        .operationsPerThread(2)
        .assertLinearizable();
  }

  @Test
  void anImmutableValue_isLinearizable() {
    Stress.of(() -> Guarded.of(0))
        .action("increment", count -> count.replace(n -> n + 1))
        .action("double", count -> count.replace(n -> 2 * n))
        .operation("get", count -> count.read(n -> n))
        .budget(BUDGET)
        .assertLinearizable();
  }

  @Test
  void aPlainCollection_isLinearizable() {
    Stress.<Guarded<Deque<Integer>>>of(() -> Guarded.readWrite(new ArrayDeque<>()))
        .action("push", deque -> deque.update(d -> d.push(d.size())))
        .operation("poll", deque -> deque.compute(Deque::poll))
        .operation("size", deque -> deque.read(Deque::size))
        .budget(BUDGET)
        .assertLinearizable();
  }

  /** Two accounts, one of them read-write. */
  private static final class Bank {
    private final Guarded<int[]> left = Guarded.of(new int[] {1});
    private final Guarded<int[]> right = Guarded.readWrite(new int[] {1});

    void move() {
      Guarded.together(left, right)
          .update((from, to) -> {
            to[0] += from[0];
            from[0] = 0;
          });
    }

    void moveBack() {
      Guarded.together(right, left)
          .update((from, to) -> {
            to[0] += from[0];
            from[0] = 0;
          });
    }

    int sum() {
      return Guarded.together(left, right)
          .<Integer, RuntimeException>read((first, second) -> first[0] * 10 + second[0]);
    }

    int sumWhen() throws InterruptedException, TimeoutException {
      return Guarded.together(right, left)
          .when((first, second) -> first[0] + second[0] > 0)
          .within(LONG)
          .<Integer, RuntimeException>compute((first, second) -> first[0] * 10 + second[0]);
    }

    void pay() {
      left.update(v -> v[0]++);
    }
  }

  @Test
  void together_isLinearizable() {
    Stress.of(Bank::new)
        .action("move", Bank::move)
        .action("move back", Bank::moveBack)
        .operation("sum", Bank::sum)
        .operation("sum when", Bank::sumWhen)
        .action("pay", Bank::pay)
        .budget(BUDGET)
        .assertLinearizable();
  }

  /** A queue of one place: each condition is awaited by whom another thread lets go on. */
  private static final class Place {
    private final Guarded<Deque<Integer>> queue = Guarded.readWrite(new ArrayDeque<>());

    /** Puts and takes, so that it ends alone, too; whose item it takes is open. */
    int pass(int item) throws InterruptedException {
      queue.when(Deque::isEmpty).update(q -> q.add(item));
      return queue.when(q -> !q.isEmpty()).<Integer, RuntimeException>compute(Deque::remove);
    }

    int size() {
      return queue.<Integer, RuntimeException>read(Deque::size);
    }
  }

  @Test
  void whoWaitsForAConditionThatComesTrue_goesOn() {
    Stress.of(Place::new)
        .operation("pass", List.of(1, 2, 3), Place::pass)
        .invariant("all that was put is taken", place -> place.size() == 0)
        .threads(3)
        .budget(BUDGET)
        .assertInvariants();
  }
}
