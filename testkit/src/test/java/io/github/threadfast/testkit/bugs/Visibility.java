package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Writes that others see too late, or never. */
final class Visibility {
  private Visibility() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("store buffering", 2, 2, Visibility::race, PlainRace::new, VolatileRace::new)
            .showing(Symptom.BROKEN_INVARIANT),
        Bug.of("lazy set", 2, 2, Visibility::race, LazyRace::new, VolatileRace::new)
            .showing(Symptom.BROKEN_INVARIANT),
        Bug.of("hoisted flag", 2, 2, Visibility::lock, PlainFlagLock::new, VolatileFlagLock::new)
            .showing(Symptom.EXCEPTION));
  }

  /** Each raises its flag, and has won if the other's is not up: they can't both win. */
  private abstract static class Race {
    boolean leftWon;
    boolean rightWon;

    abstract void left();

    abstract void right();
  }

  private static Stress<Race> race(Supplier<Race> supplier) {
    return Stress.of(supplier)
        .action("left", Race::left)
        .action("right", Race::right)
        .invariant("one winner at most", race -> !(race.leftWon && race.rightWon));
  }

  private static final class PlainRace extends Race {
    private boolean left;
    private boolean right;

    @Override
    void left() {
      left = true;
      leftWon = !right;
    }

    @Override
    void right() {
      right = true;
      rightWon = !left;
    }
  }

  private static final class VolatileRace extends Race {
    private volatile boolean left;
    private volatile boolean right;

    @Override
    void left() {
      left = true;
      leftWon = !right;
    }

    @Override
    void right() {
      right = true;
      rightWon = !left;
    }
  }

  private static final class LazyRace extends Race {
    private final AtomicBoolean left = new AtomicBoolean();
    private final AtomicBoolean right = new AtomicBoolean();

    @Override
    void left() {
      left.lazySet(true);
      leftWon = !right.get();
    }

    @Override
    void right() {
      right.lazySet(true);
      rightWon = !left.get();
    }
  }

  private static Stress<FlagLock> lock(Supplier<FlagLock> supplier) {
    return Stress.of(supplier).operation("increment", FlagLock::increment);
  }

  /** A spin lock with a flag beside it, to spin on without writing to the lock. */
  private abstract static class FlagLock {
    private final AtomicBoolean lock = new AtomicBoolean();
    private int count;

    final int increment() {
      while (!lock.compareAndSet(false, true)) {
        awaitFree();
      }
      setTaken(true);
      int next = ++count;
      Window.open();
      setTaken(false);
      lock.set(false);
      return next;
    }

    abstract void awaitFree();

    abstract void setTaken(boolean value);
  }

  /** Nothing stops the compiler from reading the flag once for all. */
  private static final class PlainFlagLock extends FlagLock {
    /** Takes a second; without an end the thread would spin for ever. */
    private static final int MAX_SPINS = 1 << 30;

    private boolean taken;

    @Override
    void awaitFree() {
      for (int spins = 0; taken; spins++) {
        if (spins == MAX_SPINS) {
          throw new IllegalStateException("The flag never fell.");
        }
      }
    }

    @Override
    void setTaken(boolean value) {
      taken = value;
    }
  }

  private static final class VolatileFlagLock extends FlagLock {
    private volatile boolean taken;

    @Override
    void awaitFree() {
      while (taken) {
        Window.giveWay();
      }
    }

    @Override
    void setTaken(boolean value) {
      taken = value;
    }
  }
}
