package io.github.threadfast.testkit.hang;

import io.github.threadfast.testkit.hang.Sighting.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Why threads do not go on: who waits for what, who holds it, and whether that can end. */
public final class Hang {
  /*
   * Idea. Threads and what they wait for make a graph in which each thread has at most one way on: to
   * the thread that must go on first, if the JVM knows it. From each thread of interest the way leads
   * to a thread that is where it began (a cycle), that has ended, that runs, or that waits for
   * something of which the JVM does not know who could give it. The worst of these ends is the verdict.
   */

  /** What keeps the threads, the surest first. */
  public enum Verdict {
    /** Threads wait for each other, and no time-out ends it. */
    DEADLOCK,
    /** The holder of a lock has ended without unlocking it. */
    ABANDONED,
    /** A thread computes, or goes from wait to wait. */
    RUNNING,
    /** A thread waits with a time-out. */
    TIMED,
    /** All wait for something that nobody is known to give. */
    NOT_WOKEN
  }

  /** A way from a thread of interest to what keeps it: the last thread of it, or a cycle. */
  record Way(
      Verdict verdict, List<Sighting> threads, @Nullable Sighting back, @Nullable Owner ended) {
    List<Sighting> cycle() {
      return threads.subList(back == null ? threads.size() : threads.indexOf(back), threads.size());
    }

    Sighting last() {
      return threads.get(threads.size() - 1);
    }
  }

  private final Watch watch;
  private final Predicate<StackTraceElement> testkit;
  private final List<Way> ways = new ArrayList<>();

  private Hang(Watch watch, Collection<Thread> threads, Predicate<StackTraceElement> testkit) {
    this.watch = watch;
    this.testkit = testkit;
    threads.stream()
        .map(thread -> watch.last().thread(thread.getId()))
        .filter(Objects::nonNull)
        .map(this::way)
        .forEach(ways::add);
    ways.sort(Comparator.comparing(Way::verdict));
  }

  /**
   * Watches {@code threads} for a moment and explains what keeps them. Those should be threads that
   * run the user's code: the test kit's and others that it started.
   *
   * @param testkit whether a frame is the test kit's: it and those that called it are not shown
   */
  public static Hang of(Collection<Thread> threads, Predicate<StackTraceElement> testkit) {
    return new Hang(new Watch(threads), threads, testkit);
  }

  /**
   * Returns the hang if one of {@code threads} is in a deadlock or waits for a thread that is.
   * Cheap unless one of them waits for another, so that a watchdog may call it often.
   */
  public static Optional<Hang> deadlocked(
      Collection<Thread> threads, Predicate<StackTraceElement> testkit) {
    if (!Picture.JVM_HAS_THREAD_BEAN
        || !ThreadBean.anyWaitsForAnother(threads)
        || !Picture.take(threads).hasCycle(threads)) {
      return Optional.empty();
    }
    return Optional.of(of(threads, testkit)).filter(hang -> hang.verdict() == Verdict.DEADLOCK);
  }

  /** Returns how often {@code threads} have begun to wait for something so far, if it is known. */
  public static long timesWaited(Collection<Thread> threads) {
    return Picture.JVM_HAS_THREAD_BEAN ? ThreadBean.timesWaited(threads) : 0;
  }

  private Way way(Sighting from) {
    List<Sighting> threads = new ArrayList<>();
    Sighting thread = from;
    while (true) {
      if (threads.contains(thread)) {
        return new Way(Verdict.DEADLOCK, threads, thread, null);
      }
      threads.add(thread);
      if (watch.goesOn(thread)) {
        return new Way(Verdict.RUNNING, threads, null, null);
      }
      if (thread.state() == Thread.State.TIMED_WAITING) {
        return new Way(Verdict.TIMED, threads, null, null);
      }
      Owner owner = watch.last().awaited(thread);
      Sighting next = owner == null ? null : watch.last().thread(owner.id());
      if (next == null) {
        boolean ended = owner != null && watch.last().isComplete();
        return new Way(
            ended ? Verdict.ABANDONED : Verdict.NOT_WOKEN, threads, null, ended ? owner : null);
      }
      thread = next;
    }
  }

  /** Returns what keeps the threads; if several things do, the surest. */
  public Verdict verdict() {
    return ways.isEmpty() ? Verdict.RUNNING : ways.get(0).verdict();
  }

  /** Returns what keeps the threads, in one sentence. */
  public String headline() {
    return new HangText(this).headline();
  }

  /** Returns the headline, what to do, who holds and waits for what, and the stacks. */
  public String describe() {
    return new HangText(this).all();
  }

  List<Way> ways() {
    return ways;
  }

  Picture picture() {
    return watch.last();
  }

  /** Returns the threads that take part, those of the verdict first. */
  List<Sighting> threads() {
    Map<Long, Sighting> threads = new LinkedHashMap<>();
    for (Way way : ways) {
      way.cycle().forEach(thread -> threads.putIfAbsent(thread.id(), thread));
      way.threads().forEach(thread -> threads.putIfAbsent(thread.id(), thread));
    }
    return List.copyOf(threads.values());
  }

  /** Returns virtual threads in the user's code that may have been started by the others. */
  List<Sighting> bystanders() {
    List<Sighting> threads = threads();
    long eldest = threads.stream().mapToLong(Sighting::id).min().orElse(Long.MAX_VALUE);
    return watch.last().threads().stream()
        .filter(thread -> thread.virtual() && thread.id() > eldest && !threads.contains(thread))
        .filter(thread -> !thread.stack().stream().allMatch(Sighting::isOfTheJdk))
        .toList();
  }

  boolean computes(Sighting thread) {
    return watch.computes(thread);
  }

  boolean goesOn(Sighting thread) {
    return watch.goesOn(thread);
  }

  /** Returns the user's part of a stack, innermost first. */
  List<StackTraceElement> userFrames(Sighting thread) {
    return thread.stack().stream().takeWhile(testkit.negate()).toList();
  }

  /**
   * Returns the user's innermost call in which {@code thread} was all the time, if there is one.
   */
  Optional<StackTraceElement> alwaysIn(Sighting thread) {
    int common = watch.commonCalls(thread);
    List<StackTraceElement> frames = userFrames(thread);
    List<StackTraceElement> always =
        frames.subList(Math.min(frames.size(), thread.stack().size() - common), frames.size());
    return always.stream()
        .filter(frame -> !Sighting.isOfTheJdk(frame))
        .findFirst()
        .or(() -> always.stream().findFirst());
  }
}
