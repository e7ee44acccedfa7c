package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.text.SimpleDateFormat;
import java.time.LocalDate;
import java.util.Date;
import java.util.Locale;
import java.util.TimeZone;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Threads that must not be inside at once, and are. */
final class Exclusions {
  private Exclusions() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("turn before flag", 2, 2, Exclusions::door, TurnFirst::new, FlagFirst::new),
        Bug.of("one lock each", 2, 2, Exclusions::bank, LaxBank::new, Bank::new)
            .showing(Symptom.BROKEN_INVARIANT),
        Bug.of("shared formatter", 2, 2, Exclusions::format, Shared::new, Locked::new));
  }

  private static Stress<Door> door(Supplier<Door> supplier) {
    return Stress.of(supplier)
        .operation("left", Door::left)
        .operation("right", Door::right)
        .confined("left")
        .confined("right");
  }

  /** Peterson's lock for two threads, around a count. */
  private abstract static class Door {
    volatile boolean leftWants;
    volatile boolean rightWants;
    volatile boolean leftWaits;
    private int count;

    abstract void announceLeft();

    abstract void announceRight();

    final int left() {
      announceLeft();
      while (rightWants && leftWaits) {
        Window.giveWay();
      }
      int next = count + 1;
      Window.open();
      count = next;
      leftWants = false;
      return next;
    }

    final int right() {
      announceRight();
      while (leftWants && !leftWaits) {
        Window.giveWay();
      }
      int next = count + 1;
      Window.open();
      count = next;
      rightWants = false;
      return next;
    }
  }

  private static final class TurnFirst extends Door {
    @Override
    void announceLeft() {
      leftWaits = true;
      Window.open();
      leftWants = true;
    }

    @Override
    void announceRight() {
      leftWaits = false;
      Window.open();
      rightWants = true;
    }
  }

  private static final class FlagFirst extends Door {
    @Override
    void announceLeft() {
      leftWants = true;
      leftWaits = true;
    }

    @Override
    void announceRight() {
      rightWants = true;
      leftWaits = false;
    }
  }

  private static Stress<Bank> bank(Supplier<Bank> supplier) {
    return Stress.of(supplier)
        .action("to left", integers().between(1, 9), (bank, amount) -> bank.transfer(1, 0, amount))
        .action("to right", integers().between(1, 9), (bank, amount) -> bank.transfer(0, 1, amount))
        .invariant("the sum stays", bank -> bank.balances[0] + bank.balances[1] == 0);
  }

  private static class Bank {
    final int[] balances = new int[2];

    synchronized void transfer(int from, int to, int amount) {
      move(from, to, amount);
    }

    final void move(int from, int to, int amount) {
      balances[from] -= amount;
      int sum = balances[to] + amount;
      Window.open();
      balances[to] = sum;
    }
  }

  /** Locks the account that it takes from, and not the one that it gives to. */
  private static final class LaxBank extends Bank {
    private final Object[] locks = {new Object(), new Object()};

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the bug
    void transfer(int from, int to, int amount) {
      synchronized (locks[from]) {
        move(from, to, amount);
      }
    }
  }

  private static Stress<Shared> format(Supplier<Shared> supplier) {
    return Stress.of(supplier).operation("format", integers().between(0, 99), Shared::format);
  }

  @SuppressWarnings({"JavaUtilDate", "SimpleDateFormat"}) // as the bug is usually met
  private static class Shared {
    private final SimpleDateFormat format = new SimpleDateFormat("yyyy-MM-dd", Locale.ROOT);

    Shared() {
      format.setTimeZone(TimeZone.getTimeZone("UTC"));
    }

    String format(int days) {
      return format.format(new Date(LocalDate.EPOCH.plusDays(days).toEpochDay() * 86_400_000));
    }
  }

  private static final class Locked extends Shared {
    @Override
    synchronized String format(int days) {
      return super.format(days);
    }
  }
}
