package io.github.threadfast.testkit.hang;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A few pictures, one shortly after the other: what holds in all of them is no passing state. */
final class Watch {
  private static final int PICTURES = 3;

  /** What each running thread computes between two pictures, unless others keep it from that. */
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long MAX_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final List<Picture> pictures = new ArrayList<>();

  /** Watches for up to a few hundredths of a second. */
  Watch(Collection<Thread> threads) {
    pictures.add(Picture.take(threads));
    while (pictures.size() < PICTURES) {
      letRun(threads);
      pictures.add(Picture.take(threads));
    }
  }

  private void letRun(Collection<Thread> threads) {
    List<Sighting> running =
        threads.stream()
            .map(thread -> last().thread(thread.getId()))
            .filter(seen -> seen != null && seen.cpuNanos() != Sighting.UNKNOWN)
            .toList();
    long start = System.nanoTime();
    do {
      LockSupport.parkNanos(STEP_NANOS);
    } while (System.nanoTime() - start < MAX_STEP_NANOS
        && (running.isEmpty() || !running.stream().allMatch(Watch::hasComputed)));
  }

  private static boolean hasComputed(Sighting running) {
    return ThreadBean.cpuNanos(running.id()) - running.cpuNanos() >= STEP_NANOS;
  }

  Picture last() {
    return pictures.get(pictures.size() - 1);
  }

  /** Whether a thread computes, or has gone on from one wait to the next in the meantime. */
  boolean goesOn(Sighting thread) {
    List<Sighting> sightings = sightings(thread);
    if (sightings.stream().anyMatch(Sighting::isRunning)) {
      return true;
    }
    boolean alwaysTimed =
        sightings.stream().allMatch(seen -> seen.state() == Thread.State.TIMED_WAITING);
    return !alwaysTimed && sightings.stream().anyMatch(seen -> !isInTheSameWait(seen, thread));
  }

  /** Whether a thread that is running has used the processor in the meantime. */
  boolean computes(Sighting thread) {
    return sightings(thread).stream().mapToLong(Sighting::cpuNanos).distinct().count() > 1
        || thread.cpuNanos() == Sighting.UNKNOWN;
  }

  private static boolean isInTheSameWait(Sighting one, Sighting other) {
    return one.state() == other.state()
        && one.timesWaited() == other.timesWaited()
        && Objects.equals(one.waitsFor(), other.waitsFor());
  }

  /** Returns how many calls, counted from the outermost, {@code thread} was in all the time. */
  int commonCalls(Sighting thread) {
    return sightings(thread).stream()
        .mapToInt(seen -> commonCalls(thread.stack(), seen.stack()))
        .min()
        .orElse(0);
  }

  private static int commonCalls(List<StackTraceElement> one, List<StackTraceElement> other) {
    int common = 0;
    while (common < Math.min(one.size(), other.size())
        && isSameMethod(one.get(one.size() - 1 - common), other.get(other.size() - 1 - common))) {
      common++;
    }
    return common;
  }

  private static boolean isSameMethod(StackTraceElement one, StackTraceElement other) {
    return one.getClassName().equals(other.getClassName())
        && one.getMethodName().equals(other.getMethodName());
  }

  private List<Sighting> sightings(Sighting thread) {
    return pictures.stream()
        .map(picture -> picture.thread(thread.id()))
        .filter(Objects::nonNull)
        .toList();
  }
}
