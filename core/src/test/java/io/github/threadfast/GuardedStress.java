package io.github.threadfast;

import io.github.threadfast.testkit.Stress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

/** Several threads on one {@code Guarded}: red without its lock. */
class GuardedStress {

  private static final class Account {
    private int balance = 2;

    boolean withdraw() {
      if (balance == 0) {
        return false;
      }
      balance--;
      return true;
    }
  }

  @Test
  void aMutableValue_isLinearizable() {
    Stress.of(() -> Guarded.of(new Account()))
        .operation("withdraw", account -> account.compute(Account::withdraw))
        .action("deposit", account -> account.update(a -> a.balance++))
        .operation("balance", account -> account.read(a -> a.balance))
        .assertLinearizable();
  }

  @Test
  void anImmutableValue_isLinearizable() {
    Stress.of(() -> Guarded.of(0))
        .action("increment", count -> count.replace(n -> n + 1))
        .action("double", count -> count.replace(n -> 2 * n))
        .operation("get", count -> count.read(n -> n))
        .assertLinearizable();
  }

  @Test
  void aPlainCollection_isLinearizable() {
    Stress.<Guarded<Deque<Integer>>>of(() -> Guarded.of(new ArrayDeque<>()))
        .action("push", deque -> deque.update(d -> d.push(d.size())))
        .operation("poll", deque -> deque.compute(Deque::poll))
        .operation("size", deque -> deque.read(Deque::size))
        .assertLinearizable();
  }
}
