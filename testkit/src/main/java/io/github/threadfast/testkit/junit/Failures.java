package io.github.threadfast.testkit.junit;

import io.github.threadfast.testkit.scenario.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What went wrong in the runs of a test. May be added to by any thread. */
final class Failures {
  private static final int MAX_SHOWN = 10;

  /** Beyond that, failures are one kind: a text may be different in every run. */
  private static final int MAX_KINDS = 100;

  private static final String OTHER_KINDS = "failures of other kinds";

  private final int threads;
  private final int times;
  private final Map<String, Kind> kinds = new LinkedHashMap<>();
  private long failed;
  private long skipped;
  private @Nullable TestAbortedException firstSkipped;

  Failures(int threads, int times) {
    this.threads = threads;
    this.times = times;
  }

  /** Failures of one type and text. */
  private static final class Kind {
    private final String text;
    private Failure first;
    private long count;

    Kind(String text, Failure first) {
      this.text = text;
      this.first = first;
    }

    void add(Failure failure) {
      count++;
      first = ORDER.compare(failure, first) < 0 ? failure : first;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "  %,d x %s; first in round %d, thread %d\n",
          count,
          text,
          first.round(),
          first.thread());
    }
  }

  private record Failure(int thread, int round, Throwable thrown) {}

  private static final Comparator<Failure> ORDER =
      Comparator.comparingInt(Failure::round).thenComparingInt(Failure::thread);

  /** Adds what a run threw, or counts it as skipped. */
  void add(int thread, int round, Throwable thrown) {
    String text = thrown instanceof TestAbortedException ? "" : text(thrown);
    synchronized (this) {
      if (thrown instanceof TestAbortedException aborted) {
        skipped++;
        firstSkipped = firstSkipped == null ? aborted : firstSkipped;
      } else {
        failed++;
        Failure failure = new Failure(thread, round, thrown);
        String kind = kinds.containsKey(text) || kinds.size() < MAX_KINDS ? text : OTHER_KINDS;
        kinds.computeIfAbsent(kind, key -> new Kind(kind, failure)).add(failure);
      }
    }
  }

  private static String text(Throwable thrown) {
    String message;
    try {
      message = thrown.getMessage();
    } catch (Throwable unreadable) {
      message = null;
    }
    return Values.nameOf(thrown)
        + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
  }

  /** Throws all failures as one, or that everything was skipped. */
  synchronized void throwIfAny() {
    if (failed > 0) {
      List<Throwable> firsts = firsts();
      AssertionFailedError error = new AssertionFailedError(summary(), firsts.get(0));
      firsts.stream().skip(1).forEach(error::addSuppressed);
      throw error;
    }
    if (firstSkipped != null && skipped == runs()) {
      throw new TestAbortedException(
          String.format(
              Locale.ROOT, "All %,d runs were skipped. The first: %s", skipped, text(firstSkipped)),
          firstSkipped);
    }
  }

  private String summary() {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%,d of %,d runs failed: %d threads ran the test at once, %,d times.\n\n",
                failed,
                runs(),
                threads,
                times));
    List<Kind> shown = kindsInOrder();
    shown.stream().limit(MAX_SHOWN).forEach(text::append);
    if (shown.size() > MAX_SHOWN) {
      text.append(String.format(Locale.ROOT, "  and %,d kinds more\n", shown.size() - MAX_SHOWN));
    }
    if (skipped > 0) {
      text.append(String.format(Locale.ROOT, "\nRuns that were skipped: %,d.\n", skipped));
    }
    return text.toString();
  }

  private long runs() {
    return (long) threads * times;
  }

  private List<Kind> kindsInOrder() {
    List<Kind> inOrder = new ArrayList<>(kinds.values());
    inOrder.sort((one, other) -> ORDER.compare(one.first, other.first));
    return inOrder;
  }

  /** Adds what failed so far to {@code error}, which ended the rounds. */
  synchronized AssertionFailedError addTo(AssertionFailedError error) {
    firsts().forEach(error::addSuppressed);
    return error;
  }

  private List<Throwable> firsts() {
    return kindsInOrder().stream()
        .limit(MAX_SHOWN)
        .<Throwable>map(kind -> kind.first.thrown())
        .toList();
  }
}
