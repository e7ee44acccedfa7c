package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.Guarded;
import io.github.threadfast.InvariantException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class GuardedExamples {

  static class Account {
    private long balance;

    void deposit(long amount) {
      balance += amount;
    }

    boolean withdraw(long amount) {
      if (balance < amount) {
        return false;
      }
      balance -= amount;
      return true;
    }

    long balance() {
      return balance;
    }
  }

  @Test
  void account() {
    // @start region="account"
    Guarded<Account> account = Guarded.of("savings", new Account());

    account.update(a -> a.deposit(10)); // change it
    boolean paid = account.compute(a -> a.withdraw(7)); // change it and return something
    long balance = account.read(Account::balance); // look at it

    Guarded<String> motto = Guarded.of("haste makes waste");
    motto.replace(m -> m + "!"); // an immutable value: put another in its place
    // @end

    assertTrue(paid);
    assertEquals(3, balance);
    assertEquals("haste makes waste!", motto.read(m -> m));
  }

  @Test
  void when() throws InterruptedException, TimeoutException {
    Guarded<Account> account = Guarded.of("savings", new Account());
    account.update(a -> a.deposit(100));

    // @start region="when"
    account
        .when(a -> a.balance() >= 100) // waits until it holds
        .within(Duration.ofSeconds(1)) // or throws a TimeoutException
        .update(a -> a.withdraw(100));
    // @end

    assertEquals(0, account.read(Account::balance));
  }

  @Test
  void together() {
    Guarded<Account> from = Guarded.of("from", new Account());
    Guarded<Account> to = Guarded.of("to", new Account());
    from.update(a -> a.deposit(9));

    // @start region="together"
    Guarded.together(from, to)
        .update((f, t) -> {
          if (f.withdraw(9)) {
            t.deposit(9);
          }
        });
    // @end

    assertEquals(9, to.read(Account::balance));
  }

  @Test
  void readWrite() {
    // @start region="readWrite"
    Guarded<Map<String, String>> routes = Guarded.readWrite("routes", new HashMap<>());

    routes.update(map -> map.put("/", "home")); // alone
    String home = routes.read(map -> map.get("/")); // together with other readers
    // @end

    assertEquals("home", home);
  }

  @Test
  void policies() {
    // @start region="policies"
    Guarded<List<Integer>> sorted =
        Guarded.<List<Integer>>builder(new ArrayList<>())
            .name("sorted")
            .copyOnUpdate(ArrayList::new) // an update that fails leaves no trace
            .invariant(list -> list.equals(list.stream().sorted().toList())) // checked after each
            .build();
    // @end

    sorted.update(list -> list.add(2));
    assertThrows(InvariantException.class, () -> sorted.update(list -> list.add(1)));
    assertEquals("[2]", sorted.read(Object::toString));
  }

  @Test
  void poison() {
    // @start region="poison"
    Guarded<Account> account =
        Guarded.builder(new Account()).name("ledger").poisonOnFailure().build();

    try {
      account.update(a -> {
        a.deposit(10);
        throw new ArithmeticException("halfway");
      });
    } catch (ArithmeticException e) {
      account.repair(a -> new Account()); // until then each access throws a PoisonedException
    }
    // @end

    assertEquals(0, account.read(Account::balance));
  }
}
