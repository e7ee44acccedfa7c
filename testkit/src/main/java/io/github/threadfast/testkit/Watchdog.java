package io.github.threadfast.testkit;

import io.github.threadfast.testkit.hang.Hang;
import io.github.threadfast.testkit.hang.Hang.Verdict;
import io.github.threadfast.testkit.run.Crew;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** Waits for what a crew does, and says why if it does not end. */
final class Watchdog {
  /*
   * Idea. A deadlock is proven the moment it is seen, and reported then. That all threads wait without
   * a time-out, and nothing else that the code under test has started runs, is no proof: something
   * outside may be slow. So that has to last for a while, the stall. All else may end by itself, and
   * is given all the patience there is.
   */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /**
   * What counts at most of the time between two looks. Where it was longer, the machine may have
   * stood still, and with it what is waited for.
   */
  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Crew crew;
  private final LongSupplier progress;
  private final Duration stall;

  /**
   * Creates a watchdog.
   *
   * @param progress a number that changes as long as calls begin
   * @param stall how long it must not change, and no thread go from wait to wait, before threads
   *     that wait count as hanging
   */
  Watchdog(Crew crew, LongSupplier progress, Duration stall) {
    this.crew = crew;
    this.progress = progress;
    this.stall = stall;
  }

  /**
   * Returns why {@code task} does not end, or nothing if it ends.
   *
   * @throws TimeoutException if it goes on, but has not ended within {@code patience}
   */
  Optional<Hang> await(Future<?> task, Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    long last = -1;
    long lookedAt = System.nanoTime();
    long waited = 0;
    long quiet = 0;
    while (!isDone(task, Math.min(LOOK_NANOS, patience.toNanos() - waited))) {
      long now = System.nanoTime();
      long step = Math.min(now - lookedAt, MOST_NANOS);
      lookedAt = now;
      waited += step;
      long current = progress.getAsLong() + Hang.timesWaited(crew.threads());
      quiet = current == last ? quiet + step : 0;
      last = current;
      boolean stalled = quiet > stall.toNanos();
      Optional<Hang> hang =
          waited < patience.toNanos() ? sureHang(stalled) : Optional.of(likelyHang(stalled));
      if (hang.isPresent()) {
        return hang;
      }
    }
    return Optional.empty();
  }

  private static boolean isDone(Future<?> task, long nanos)
      throws InterruptedException, ExecutionException {
    try {
      task.get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    }
  }

  private Optional<Hang> sureHang(boolean stalled) {
    List<Thread> threads = threadsInUserCode();
    Optional<Hang> deadlock = Hang.deadlocked(threads, UserCode::isCaller);
    if (deadlock.isPresent() || !stalled || threads.isEmpty() || crew.othersAreBusy()) {
      return deadlock;
    }
    Hang hang = Hang.of(threads, UserCode::isCaller);
    return hang.verdict() == Verdict.NOT_WOKEN || hang.verdict() == Verdict.ABANDONED
        ? Optional.of(hang)
        : Optional.empty();
  }

  private Hang likelyHang(boolean stalled) throws TimeoutException {
    List<Thread> threads = threadsInUserCode();
    if (!stalled || threads.isEmpty()) {
      throw new TimeoutException();
    }
    return Hang.of(threads, UserCode::isCaller);
  }

  private List<Thread> threadsInUserCode() {
    return crew.threads().stream().filter(UserCode::isRunBy).toList();
  }
}
