package io.github.threadfast.testkit.hang;

import io.github.threadfast.testkit.hang.Sighting.Held;
import io.github.threadfast.testkit.hang.Sighting.Owner;
import io.github.threadfast.testkit.hang.Sighting.Wait;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MonitorInfo;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads as the JVM's thread bean tells of them. A JVM without the bean can't load this.
 */
final class ThreadBean {
  private static final long MAX_PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PROBE_STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final int FRAMES_TO_SEE_A_JOIN = 5;

  private ThreadBean() {}

  /** A thread and, if it waits for a lock, who holds that. */
  record Seen(Sighting sighting, @Nullable Owner owner) {}

  private static ThreadMXBean bean() {
    return ManagementFactory.getThreadMXBean();
  }

  /** Returns all platform threads as they are at one moment. */
  static List<Seen> all() {
    return Arrays.stream(bean().dumpAllThreads(true, true)).map(ThreadBean::seen).toList();
  }

  private static Seen seen(ThreadInfo info) {
    List<StackTraceElement> stack = Arrays.asList(info.getStackTrace());
    LockInfo lock = info.getLockInfo();
    Wait wait = lock == null ? null : Wait.of(info.getThreadState(), stack, resource(lock));
    Sighting sighting =
        new Sighting(
            info.getThreadId(),
            info.getThreadName(),
            false,
            info.getThreadState(),
            wait,
            held(info),
            stack,
            info.getBlockedCount() + info.getWaitedCount(),
            info.getThreadState() == Thread.State.RUNNABLE
                ? cpuNanos(info.getThreadId())
                : Sighting.UNKNOWN);
    return new Seen(sighting, owner(info));
  }

  private static List<Held> held(ThreadInfo info) {
    List<Held> held = new ArrayList<>();
    for (MonitorInfo monitor : info.getLockedMonitors()) {
      held.add(new Held(resource(monitor), true, monitor.getLockedStackFrame()));
    }
    for (LockInfo lock : info.getLockedSynchronizers()) {
      held.add(new Held(resource(lock), false, null));
    }
    return held;
  }

  private static Resource resource(LockInfo lock) {
    return new Resource(
        lock.getClassName() + '@' + Integer.toHexString(lock.getIdentityHashCode()));
  }

  private static @Nullable Owner owner(ThreadInfo waiting) {
    return waiting.getLockOwnerId() == -1
        ? null
        : new Owner(
            waiting.getLockOwnerId(), Objects.requireNonNullElse(waiting.getLockOwnerName(), ""));
  }

  static long timesWaited(Collection<Thread> threads) {
    long[] ids = threads.stream().mapToLong(Thread::getId).toArray();
    return Arrays.stream(bean().getThreadInfo(ids))
        .filter(Objects::nonNull)
        .mapToLong(info -> info.getBlockedCount() + info.getWaitedCount())
        .sum();
  }

  /** Returns who holds {@code synchronizer}, be it a virtual thread, if there is one. */
  static @Nullable Owner ownerOf(AbstractOwnableSynchronizer synchronizer) {
    // the bean tells the owner only of what a platform thread is parked on: so one parks on it
    Thread probe = new Thread(() -> LockSupport.park(synchronizer), "threadfast probe");
    probe.setDaemon(true);
    probe.start();
    long start = System.nanoTime();
    while (probe.getState() != Thread.State.WAITING
        && System.nanoTime() - start < MAX_PROBE_NANOS) {
      LockSupport.parkNanos(PROBE_STEP_NANOS);
    }
    ThreadInfo info = bean().getThreadInfo(probe.getId());
    LockSupport.unpark(probe);
    return info == null ? null : owner(info);
  }

  /**
   * Returns how long a thread has computed, in nanoseconds; {@link Sighting#UNKNOWN} if the JVM
   * does not tell.
   */
  static long cpuNanos(long id) {
    return bean().isThreadCpuTimeSupported() && bean().isThreadCpuTimeEnabled()
        ? bean().getThreadCpuTime(id)
        : Sighting.UNKNOWN;
  }

  /**
   * Whether one of the {@code threads} waits for something that another thread owes it: a quick
   * look, to see whether a longer one may find a cycle.
   */
  static boolean anyWaitsForAnother(Collection<Thread> threads) {
    if (threads.stream().anyMatch(ThreadBean::mayWaitForAVirtualThread)) {
      return true;
    }
    long[] ids = threads.stream().mapToLong(Thread::getId).toArray();
    return Arrays.stream(bean().getThreadInfo(ids, FRAMES_TO_SEE_A_JOIN))
        .filter(Objects::nonNull)
        .map(ThreadBean::seen)
        .anyMatch(seen -> seen.owner() != null || seen.sighting().joins());
  }

  /** Of which the bean does not tell. */
  private static boolean mayWaitForAVirtualThread(Thread thread) {
    Thread.State state = thread.getState();
    return state == Thread.State.BLOCKED
        || (state == Thread.State.WAITING && ThreadDump.isVirtual(thread));
  }
}
