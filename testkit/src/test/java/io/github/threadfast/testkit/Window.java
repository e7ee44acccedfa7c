package io.github.threadfast.testkit;

/**
 * Where a seeded bug is open to other threads. How it fares without help shows if the system
 * property {@code threadfast.windows} is {@code closed}.
 */
public final class Window {
  private static final boolean CLOSED = "closed".equals(System.getProperty("threadfast.windows"));

  private Window() {}

  /** Lets others in even if a machine is so busy that its threads take turns on one core. */
  public static void open() {
    if (!CLOSED) {
      giveWay();
    }
  }

  /** Lets others go on, in a loop that waits for them. */
  @SuppressWarnings("ThreadPriorityCheck") // the loops end without, but late on a busy machine
  public static void giveWay() {
    Thread.yield();
  }
}
