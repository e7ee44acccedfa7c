package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.Guarded;
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
}
