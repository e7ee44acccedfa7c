package io.github.threadfast.testkit;

/** Where a seeded bug is open to other threads. */
public final class Window {
  private Window() {}

  /** Lets others in even if a machine is so busy that its threads take turns on one core. */
  @SuppressWarnings("ThreadPriorityCheck") // a bug is easier to find for it, but there without
  public static void open() {
    Thread.yield();
  }
}
