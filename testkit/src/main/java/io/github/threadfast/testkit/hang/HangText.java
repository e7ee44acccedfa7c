package io.github.threadfast.testkit.hang;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.hang.Hang.Verdict;
import io.github.threadfast.testkit.hang.Hang.Way;
import io.github.threadfast.testkit.hang.Sighting.Held;
import io.github.threadfast.testkit.hang.Sighting.Owner;
import io.github.threadfast.testkit.hang.Sighting.Wait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A hang as plain text. */
final class HangText {
  private static final int MAX_THREADS = 8;
  private static final int MAX_LOCKS = 8;

  private final Hang hang;
  private final List<Sighting> threads;

  /** What objects are called, numbered in the order in which the text names them. */
  private final Map<Resource, String> labels = new HashMap<>();

  private final Map<String, Integer> labelsOfKind = new HashMap<>();

  HangText(Hang hang) {
    this.hang = hang;
    this.threads = hang.threads();
  }

  String all() {
    List<String> parts = new ArrayList<>();
    parts.add(headline() + "\n" + remedy());
    if (!threads.isEmpty()) {
      parts.add("  " + StackText.joined(threads.stream().map(this::sentence), MAX_THREADS, "\n  "));
      threads.stream().limit(MAX_THREADS).map(this::stack).forEach(parts::add);
    }
    List<Sighting> bystanders = hang.bystanders();
    if (hang.verdict() != Verdict.DEADLOCK && !bystanders.isEmpty()) {
      parts.add("Virtual threads that may take part:");
      parts.add(StackText.joined(bystanders.stream().map(this::stack), MAX_THREADS, "\n\n"));
    }
    List<String> untold = untold(bystanders);
    if (!untold.isEmpty()) {
      parts.add("What the JVM does not tell: " + String.join("; ", untold) + ".");
    }
    return String.join("\n\n", parts);
  }

  String headline() {
    if (hang.ways().isEmpty()) {
      return "None of the threads is alive any more.";
    }
    Way way = hang.ways().get(0);
    return switch (way.verdict()) {
      case DEADLOCK -> "Deadlock: " + cycle(way.cycle()) + ", and nothing can end it.";
      case ABANDONED -> does(way.last()) + " without unlocking it.";
      case RUNNING, TIMED ->
          does(way.last())
              + (way.threads().size() == 1
                  ? "."
                  : ", and " + name(way.threads().get(0)) + " waits for that.");
      case NOT_WOKEN ->
          hang.ways().size() == 1
              ? does(way.last()) + ", and nobody is known who could end that."
              : "All threads wait, and nobody is known who could end that.";
    };
  }

  private String does(Sighting thread) {
    return name(thread) + " " + activity(thread);
  }

  private String cycle(List<Sighting> cycle) {
    if (cycle.size() == 1) {
      return name(cycle.get(0)) + " waits for itself";
    }
    String others =
        cycle.stream()
            .skip(1)
            .limit(MAX_THREADS - 1)
            .map(this::name)
            .collect(joining(", which waits for "));
    return name(cycle.get(0))
        + " waits for "
        + others
        + (cycle.size() > MAX_THREADS
            ? ", which through %d others waits for ".formatted(cycle.size() - MAX_THREADS)
            : ", which waits for ")
        + name(cycle.get(0));
  }

  private String remedy() {
    return switch (hang.verdict()) {
      case DEADLOCK ->
          "Take the locks in the same order in all threads, and wait for no thread while"
              + " holding one.";
      case ABANDONED -> "Unlock in a finally block.";
      case RUNNING ->
          hang.ways().isEmpty() || hang.computes(hang.ways().get(0).last())
              ? "If it never ends, look for the condition that should end it, and for who makes it"
                  + " true."
              : "It may wait for input, or for another thread to initialize a class, of which the"
                  + " JVM does not tell.";
      case TIMED -> "If it never ends, see what it waits for, and who should give it.";
      case NOT_WOKEN -> whatIsNotGiven(hang.ways().get(0).last().waitsFor());
    };
  }

  private static String whatIsNotGiven(@Nullable Wait wait) {
    if (wait != null && wait.on().isA(ReentrantReadWriteLock.class)) {
      return "It looks like a read lock that is not unlocked; a thread that holds it can't take the"
          + " write lock.";
    }
    if (wait != null && wait.on().isA(StampedLock.class)) {
      return "It looks like a stamp that is not unlocked; a thread that holds one can't take"
          + " another.";
    }
    return "It looks like a lost wake-up, or like something that is not released, counted down or"
        + " completed.";
  }

  private String sentence(Sighting thread) {
    String held =
        StackText.joined(
            thread.holds().stream()
                .filter(lock -> !lock.lock().isA(ThreadPoolExecutor.class)) // a worker's own
                .map(this::held),
            MAX_LOCKS,
            ", ");
    return held.isEmpty()
        ? does(thread) + "."
        : name(thread) + " holds " + held + ",\n    and " + activity(thread) + ".";
  }

  private String held(Held held) {
    StackTraceElement in = held.in();
    if (!held.monitor()) {
      return label(held.lock());
    }
    String monitor = "the monitor of " + label(held.lock());
    return in == null ? monitor : monitor + " (in " + StackText.place(in) + ")";
  }

  /** Returns what {@code thread} does, as the rest of a sentence on it. */
  private String activity(Sighting thread) {
    if (hang.goesOn(thread)) {
      return progress(thread)
          + hang.alwaysIn(thread).map(call -> ", always in " + StackText.method(call)).orElse("");
    }
    String timeOut = thread.state() == Thread.State.TIMED_WAITING ? " with a time-out" : "";
    Wait wait = thread.waitsFor();
    if (wait == null) {
      return StackText.sleeps(thread.stack()) ? "sleeps" : "waits" + timeOut;
    }
    Owner awaited = hang.picture().awaited(thread);
    return switch (wait.way()) {
      case TO_ENTER -> "waits for the monitor of " + label(wait.on()) + holder(awaited);
      case TO_BE_NOTIFIED -> "waits to be notified on " + label(wait.on()) + timeOut;
      case FOR_ITS_END ->
          "waits for " + (awaited == null ? label(wait.on()) : name(awaited)) + " to end" + timeOut;
      case PARKED ->
          "waits for "
              + wait.on().gift().map(gift -> gift + " ").orElse("")
              + label(wait.on())
              + timeOut
              + (awaited == null && wait.on().isA(ReentrantReadWriteLock.class)
                  ? ", held for reading"
                  : holder(awaited));
    };
  }

  private String progress(Sighting thread) {
    if (!thread.isRunning()) {
      return "goes from one wait to the next";
    }
    return hang.computes(thread) ? "is running" : "is running but computes nothing";
  }

  private String holder(@Nullable Owner owner) {
    if (owner == null) {
      return "";
    }
    boolean ended = hang.picture().thread(owner.id()) == null && hang.picture().isComplete();
    return ", held by " + name(owner) + (ended ? ", which has ended" : "");
  }

  private String stack(Sighting thread) {
    return StackText.of(name(thread) + " (" + thread.state() + ")", hang.userFrames(thread));
  }

  private List<String> untold(List<Sighting> bystanders) {
    List<String> untold = new ArrayList<>();
    if (!hang.picture().tellsLocks()) {
      untold.add("locks and who holds them, since the module java.management is missing");
    }
    String ungiven =
        hang.ways().stream()
            .filter(way -> way.verdict() == Verdict.NOT_WOKEN)
            .map(way -> way.last().waitsFor())
            .filter(Objects::nonNull)
            .map(wait -> label(wait.on()))
            .distinct()
            .limit(MAX_THREADS)
            .collect(joining(", "));
    if (!ungiven.isEmpty()) {
      untold.add("who could end the wait for " + ungiven);
    }
    if (!hang.picture().tellsVirtualLocks()
        && Stream.concat(threads.stream(), bystanders.stream()).anyMatch(Sighting::virtual)) {
      untold.add("what virtual threads hold and wait for, before JDK 25");
    }
    return untold;
  }

  private String name(Owner owner) {
    return Optional.ofNullable(hang.picture().thread(owner.id()))
        .map(this::name)
        .orElse('"' + owner.name() + '"');
  }

  private String name(Sighting thread) {
    boolean ambiguous =
        thread.name().isEmpty()
            || threads.stream()
                .anyMatch(other -> other.name().equals(thread.name()) && other.id() != thread.id());
    return (thread.virtual() ? "virtual thread " : "")
        + (thread.name().isEmpty() ? "" : '"' + thread.name() + '"' + (ambiguous ? " " : ""))
        + (ambiguous ? "#" + thread.id() : "");
  }

  private String label(Resource resource) {
    return labels.computeIfAbsent(
        resource,
        unnamed -> unnamed.kind() + " #" + labelsOfKind.merge(unnamed.kind(), 1, Integer::sum));
  }
}
