package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.Stack;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is true when it is looked at, and no longer when it is acted on. */
final class ChecksThenActs {
  private ChecksThenActs() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("check then act", 2, 2, ChecksThenActs::account, LaxAccount::new, Account::new),
        Bug.of("contains then put", 2, 2, ChecksThenActs::register, LaxNames::new, Names::new),
        Bug.of("empty then remove", 2, 3, ChecksThenActs::tray, LaxTray::new, LockedTray::new)
            .showing(Symptom.EXCEPTION),
        Bug.of("full then add", 2, 2, ChecksThenActs::shelf, LaxShelf::new, Shelf::new)
            .showing(Symptom.BROKEN_INVARIANT),
        Bug.of("subscribe then fire", 2, 3, ChecksThenActs::event, LaxEvent::new, Event::new));
  }

  private static Stress<Account> account(Supplier<Account> supplier) {
    return Stress.of(supplier)
        .operation("withdraw", Account::withdraw)
        .action("deposit", Account::deposit);
  }

  private static class Account {
    final AtomicInteger balance = new AtomicInteger(1);

    boolean withdraw() {
      return balance.getAndUpdate(b -> b == 0 ? 0 : b - 1) > 0;
    }

    void deposit() {
      balance.incrementAndGet();
    }
  }

  private static final class LaxAccount extends Account {
    @Override
    boolean withdraw() {
      if (balance.get() == 0) {
        return false;
      }
      Window.open();
      balance.decrementAndGet();
      return true;
    }
  }

  private static Stress<Names> register(Supplier<Names> supplier) {
    return Stress.of(supplier).operation("register", integers().between(1, 5), Names::register);
  }

  private static class Names {
    final ConcurrentMap<Integer, Boolean> names = new ConcurrentHashMap<>();

    boolean register(int name) {
      return names.putIfAbsent(name, true) == null;
    }
  }

  private static final class LaxNames extends Names {
    @Override
    boolean register(int name) {
      if (names.containsKey(name)) {
        return false;
      }
      Window.open();
      names.put(name, true);
      return true;
    }
  }

  private static Stress<Tray> tray(Supplier<Tray> supplier) {
    return Stress.of(supplier).action("put", Tray::put).operation("take", Tray::take);
  }

  private interface Tray {
    void put();

    Integer take();
  }

  /** Each call of the stack is safe; the two together are not. */
  @SuppressWarnings("JdkObsolete") // as the bug is usually met
  private static class LaxTray implements Tray {
    final Stack<Integer> sheets = new Stack<>();

    @Override
    public void put() {
      sheets.add(1);
    }

    @Override
    public Integer take() {
      if (sheets.empty()) {
        return null;
      }
      Window.open();
      return sheets.pop();
    }
  }

  private static final class LockedTray extends LaxTray {
    @Override
    public Integer take() {
      synchronized (sheets) {
        return super.take();
      }
    }
  }

  private static Stress<Shelf> shelf(Supplier<Shelf> supplier) {
    return Stress.of(supplier)
        .operation("add", Shelf::add)
        .operation("remove", Shelf::remove)
        .invariant("no more than fit", shelf -> shelf.books.get() <= Shelf.CAPACITY);
  }

  private static class Shelf {
    static final int CAPACITY = 1;

    final AtomicInteger books = new AtomicInteger();

    boolean add() {
      return books.getAndUpdate(b -> b < CAPACITY ? b + 1 : b) < CAPACITY;
    }

    boolean remove() {
      return books.getAndUpdate(b -> b > 0 ? b - 1 : 0) > 0;
    }
  }

  private static final class LaxShelf extends Shelf {
    @Override
    boolean add() {
      boolean fits = books.get() < CAPACITY;
      if (fits) {
        Window.open();
        books.incrementAndGet();
      }
      return fits;
    }
  }

  private static Stress<Event> event(Supplier<Event> supplier) {
    return Stress.of(supplier)
        .action("subscribe", Event::subscribe)
        .action("fire", Event::fire)
        .afterwards("notified", event -> event.notified.get());
  }

  /** Tells each subscriber once: those of before when it fires, and later ones at once. */
  private static class Event {
    final AtomicInteger notified = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();
    volatile boolean fired;

    synchronized void subscribe() {
      if (fired) {
        notified.incrementAndGet();
      } else {
        waiting.incrementAndGet();
      }
    }

    synchronized void fire() {
      fired = true;
      notified.addAndGet(waiting.getAndSet(0));
    }
  }

  private static final class LaxEvent extends Event {
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // the bug
    void subscribe() {
      if (fired) {
        notified.incrementAndGet();
      } else {
        Window.open();
        waiting.incrementAndGet();
      }
    }
  }
}
