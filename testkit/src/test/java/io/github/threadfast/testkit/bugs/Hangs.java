package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Waits: for each other, for a signal that is gone, for a condition that is not looked at again.
 */
final class Hangs {
  private Hangs() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("lock order", 2, 2, Hangs::accounts, AnyOrder::new, OneOrder::new)
            .showing(Symptom.HANG),
        Bug.of("lost wake-up", 2, 2, Hangs::semaphore, LaxSemaphore::new, Semaphore::new)
            .showing(Symptom.HANG),
        Bug.of("if for while", 3, 3, Hangs::buffer, IfBuffer::new, WhileBuffer::new)
            .showing(Symptom.BROKEN_INVARIANT));
  }

  private abstract static class Accounts {
    final Object left = new Object();
    final Object right = new Object();
    int leftBalance;
    int rightBalance;

    void toRight() {
      synchronized (left) {
        synchronized (right) {
          leftBalance--;
          rightBalance++;
        }
      }
    }

    abstract void toLeft();
  }

  private static Stress<Accounts> accounts(Supplier<Accounts> supplier) {
    return Stress.of(supplier)
        .action("to right", Accounts::toRight)
        .action("to left", Accounts::toLeft)
        .invariant("the sum stays", a -> a.leftBalance + a.rightBalance == 0);
  }

  private static final class AnyOrder extends Accounts {
    @Override
    void toLeft() {
      synchronized (right) {
        Window.open();
        synchronized (left) {
          leftBalance++;
          rightBalance--;
        }
      }
    }
  }

  private static final class OneOrder extends Accounts {
    @Override
    void toLeft() {
      synchronized (left) {
        synchronized (right) {
          leftBalance++;
          rightBalance--;
        }
      }
    }
  }

  private static Stress<Semaphore> semaphore(Supplier<Semaphore> supplier) {
    return Stress.of(supplier)
        .action("use", Semaphore::use)
        .invariant("one permit", semaphore -> semaphore.permits.get() == 1);
  }

  private static class Semaphore {
    final AtomicInteger permits = new AtomicInteger(1);

    void use() throws InterruptedException {
      while (!tryAcquire()) {
        await();
      }
      Window.open();
      release();
    }

    final boolean tryAcquire() {
      return permits.getAndUpdate(p -> p == 0 ? 0 : p - 1) > 0;
    }

    void await() throws InterruptedException {
      synchronized (this) {
        while (permits.get() == 0) {
          wait();
        }
      }
    }

    private synchronized void release() {
      permits.incrementAndGet();
      notifyAll();
    }
  }

  /** The permit may come, and its signal go, between the look and the wait. */
  private static final class LaxSemaphore extends Semaphore {
    @Override
    @SuppressWarnings("WaitNotInLoop") // the bug
    void await() throws InterruptedException {
      if (permits.get() == 0) {
        Window.open();
        synchronized (this) {
          wait();
        }
      }
    }
  }

  /** All put first, so that none waits for ever to take. */
  private static Stress<Buffer> buffer(Supplier<Buffer> supplier) {
    return Stress.of(supplier)
        .action(
            "put and take",
            buffer -> {
              buffer.put(1);
              Window.open();
              buffer.take();
            })
        .invariant("was never too full", buffer -> buffer.most <= Buffer.CAPACITY);
  }

  private abstract static class Buffer {
    static final int CAPACITY = 1;

    private final Queue<Integer> elements = new ArrayDeque<>();
    private int most;

    final synchronized void put(int element) throws InterruptedException {
      awaitSpace();
      elements.add(element);
      most = Math.max(most, elements.size());
    }

    abstract void awaitSpace() throws InterruptedException;

    final boolean isFull() {
      return elements.size() >= CAPACITY;
    }

    final synchronized void take() {
      elements.remove();
      notifyAll();
    }
  }

  private static final class IfBuffer extends Buffer {
    @Override
    @SuppressWarnings("WaitNotInLoop") // the bug
    synchronized void awaitSpace() throws InterruptedException {
      if (isFull()) {
        wait();
      }
    }
  }

  private static final class WhileBuffer extends Buffer {
    @Override
    synchronized void awaitSpace() throws InterruptedException {
      while (isFull()) {
        wait();
      }
    }
  }
}
