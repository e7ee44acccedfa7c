package io.github.threadfast;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What {@link JlinkTest} runs where the JDK has only {@code java.base}: uses the library until
 * every kind of event has had a reason to be recorded. Ends with 0 if two threads that nest two
 * guarded values in opposite order got one {@link DeadlockException}.
 */
final class OnJavaBaseAlone {
  private OnJavaBaseAlone() {}

  public static void main(String[] args) throws InterruptedException {
    Guarded<StringBuilder> text = Guarded.of("text", new StringBuilder());
    text.update(t -> t.append("guarded"));
    System.out.println(text.read(StringBuilder::toString));

    Events.initialization().end(new Mutex("Guarded", "lazy", String.class, false), null);
    Events.poison(new Mutex("Guarded", "poisoned", String.class, false), new ArithmeticException());

    AtomicInteger deadlocks = new AtomicInteger();
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    Guarded<List<String>> left = Guarded.of("left", new ArrayList<>());
    Guarded<List<String>> right = Guarded.of("right", new ArrayList<>());
    Thread one = new Thread(() -> nest(left, right, bothHoldOne, deadlocks), "one");
    Thread other = new Thread(() -> nest(right, left, bothHoldOne, deadlocks), "other");
    one.start();
    other.start();
    one.join();
    other.join();
    System.out.println(deadlocks + " deadlock");
    System.exit(deadlocks.get() == 1 ? 0 : 1);
  }

  private static void nest(
      Guarded<List<String>> outer,
      Guarded<List<String>> inner,
      CyclicBarrier bothHoldOne,
      AtomicInteger deadlocks) {
    try {
      outer.update(o -> {
        bothHoldOne.await();
        inner.update(i -> i.addAll(o));
      });
    } catch (DeadlockException e) {
      System.out.println(e.getMessage());
      deadlocks.incrementAndGet();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
