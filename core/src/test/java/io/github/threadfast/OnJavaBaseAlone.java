package io.github.threadfast;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What {@link JlinkTest} runs where the JDK has only {@code java.base}: uses the library until
 * every kind of event has had a reason to be recorded. Ends with 0 if two threads that take two
 * things in opposite order got one {@link DeadlockException}.
 */
final class OnJavaBaseAlone {
  private OnJavaBaseAlone() {}

  public static void main(String[] args) throws InterruptedException {
    Guarded<StringBuilder> text = Guarded.of("text", new StringBuilder());
    text.update(t -> t.append("guarded"));
    System.out.println(text.read(StringBuilder::toString));

    Door left = new Door("left");
    Door right = new Door("right");
    Events.contendedAccess().end(left, null);
    Events.initialization().end(left, null);
    Events.poison(left, new ArithmeticException());

    AtomicInteger deadlocks = new AtomicInteger();
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    Thread one = new Thread(() -> enter(left, right, bothHoldOne, deadlocks), "one");
    Thread other = new Thread(() -> enter(right, left, bothHoldOne, deadlocks), "other");
    one.start();
    other.start();
    one.join();
    other.join();
    System.out.println(deadlocks + " deadlock");
    System.exit(deadlocks.get() == 1 ? 0 : 1);
  }

  private static void enter(
      Door first, Door second, CyclicBarrier bothHoldOne, AtomicInteger deadlocks) {
    first.enter();
    try {
      bothHoldOne.await();
      second.enter();
      second.leave();
    } catch (DeadlockException e) {
      System.out.println(e.getMessage());
      deadlocks.incrementAndGet();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      first.leave();
    }
  }

  /** What one thread at a time can be inside of. */
  private static final class Door extends ReentrantLock implements WaitGraph.Resource {
    private static final long serialVersionUID = 1;

    private final String name;

    Door(String name) {
      this.name = name;
    }

    void enter() {
      if (!tryLock()) {
        WaitGraph.await(this, this::lock);
      }
    }

    void leave() {
      unlock();
    }

    @Override
    public Collection<Thread> holders() {
      Thread owner = getOwner();
      return owner == null ? List.of() : List.of(owner);
    }

    @Override
    public String label() {
      return "Door \"" + name + '"';
    }
  }
}
