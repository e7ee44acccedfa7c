package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.DeadlockException;
import io.github.threadfast.Guarded;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadlockExamples {
  private final Guarded<int[]> stock = Guarded.of("stock", new int[] {3});
  private final Guarded<int[]> orders = Guarded.of("orders", new int[] {0});

  // @start region="deadlock"
  void sell() {
    stock.update(s -> orders.update(o -> o[0] += s[0]));
  }

  void cancel() {
    orders.update(o -> stock.update(s -> s[0] += o[0])); // the other way round
  }

  // @end

  /** Lets {@code clerk} and this thread do both at once, and returns what this thread is told. */
  static String message() throws InterruptedException {
    DeadlockExamples shop = new DeadlockExamples();
    CountDownLatch stockIsHeld = new CountDownLatch(1);
    CountDownLatch ordersAreHeld = new CountDownLatch(1);
    Thread clerk =
        new Thread(
            () ->
                shop.stock.update(s -> {
                  stockIsHeld.countDown();
                  awaitUninterruptibly(ordersAreHeld);
                  shop.sellWith(s);
                }),
            "clerk");
    clerk.start();
    stockIsHeld.await();
    String message =
        shop.orders.compute(o -> {
          ordersAreHeld.countDown();
          while (clerk.getState() != Thread.State.WAITING || !shop.isAwaited()) {
            Thread.onSpinWait();
          }
          return assertThrows(DeadlockException.class, () -> shop.cancelWith(o)).getMessage();
        });
    clerk.join();
    assertEquals("Guarded[\"stock\", free]", shop.stock.toString());
    return message;
  }

  private void sellWith(int[] s) {
    orders.update(o -> o[0] += s[0]);
  }

  private void cancelWith(int[] o) {
    stock.update(s -> s[0] += o[0]);
  }

  private boolean isAwaited() {
    return orders.toString().contains("1 waiting");
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneAfterTheOther_bothWork() {
    sell();
    cancel();

    int left = stock.read(s -> s[0]);
    assertEquals(6, left);
  }
}
