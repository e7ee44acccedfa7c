package io.github.threadfast.testkit.scenario;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import net.jqwik.api.sessions.JqwikSession;

/**
 * jqwik outside its engine. Arbitraries draw and shrink only inside a session, which belongs to a
 * thread; sessions share a map without synchronisation. So there is one session at a time in this
 * JVM, a short one, and no operation ever runs inside it.
 */
public final class Jqwik {
  private static final ReentrantLock SESSION = new ReentrantLock();

  private Jqwik() {}

  /** Returns what {@code draw} returns, which must not be lazy. */
  public static <T> T inSession(Supplier<T> draw) {
    try {
      SESSION.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while another assertion drew its arguments.", e);
    }
    try {
      if (SESSION.getHoldCount() > 1) {
        return draw.get();
      }
      JqwikSession.start();
      try {
        return draw.get();
      } finally {
        JqwikSession.finish();
      }
    } finally {
      SESSION.unlock();
    }
  }
}
