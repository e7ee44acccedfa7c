package io.github.threadfast.testkit;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * How often each outcome was seen: what {@link Outcomes#check} returns. Its text is the table, with
 * the outcomes in the order of their texts; one that must not be seen, but was, is marked with
 * {@code !}. Immutable.
 *
 * @since 0.1.0
 */
public final class OutcomeTable {
  private static final int MAX_ROWS = 40;
  private static final double LEAST_SHARE = 0.0001;

  private final String subject;
  private final List<String> actions;
  private final List<Row> rows;
  private final long runs;
  private final Duration elapsed;
  private final boolean overlapped;

  /** Creates a table with one row for each outcome that was declared or seen. */
  OutcomeTable(
      String subject, List<String> actions, List<Row> rows, Duration elapsed, boolean overlapped) {
    this.subject = subject;
    this.actions = List.copyOf(actions);
    this.rows =
        rows.stream().sorted(Comparator.comparing((Row row) -> row.outcome().toString())).toList();
    this.runs = rows.stream().mapToLong(Row::count).sum();
    this.elapsed = elapsed;
    this.overlapped = overlapped;
  }

  /** The results of one run. */
  record Outcome(List<Object> parts) {

    Outcome {
      parts = List.copyOf(parts);
    }

    /** Returns the outcome of which a row says that these are its results. */
    static Outcome of(List<? extends @Nullable Object> results) {
      List<Object> parts = new ArrayList<>();
      for (Object result : results) {
        parts.add(
            result instanceof Class<?> type && Throwable.class.isAssignableFrom(type)
                ? new Thrown(type)
                : Result.returned(result));
      }
      return new Outcome(parts);
    }

    /** Returns the outcome of a run with these results. */
    static Outcome ofRun(List<Result> results) {
      List<Object> parts = new ArrayList<>();
      for (Result result : results) {
        if (result instanceof Result.Threw threw) {
          parts.add(new Thrown(threw.exception().getClass()));
        } else if (result instanceof Result.Returned) {
          parts.add(result);
        }
      }
      return new Outcome(parts);
    }

    @Override
    public String toString() {
      return parts.stream().map(Outcome::show).collect(joining(", ", "(", ")"));
    }

    private static String show(Object part) {
      return part instanceof Result.Returned returned
          ? Values.show(returned.value())
          : part.toString();
    }
  }

  /** The class of what an action threw. */
  private record Thrown(Class<?> type) {
    @Override
    public String toString() {
      return "threw " + type.getSimpleName();
    }
  }

  /** An outcome, how often it was seen, and what was said of it. */
  record Row(Outcome outcome, long count, Expectation expectation, String why) {
    Row withCount(long other) {
      return new Row(outcome, other, expectation, why);
    }
  }

  /**
   * Returns how many runs there were.
   *
   * @return the sum of all counts
   */
  public long runs() {
    return runs;
  }

  /**
   * Returns how often an outcome was seen.
   *
   * @param results as in {@link Outcomes#allowed}
   * @return its count, 0 if it was never seen
   */
  public long count(@Nullable Object... results) {
    Outcome outcome = Outcome.of(Arrays.asList(results));
    return rows.stream().filter(row -> row.outcome().equals(outcome)).mapToLong(Row::count).sum();
  }

  /** Returns whether an outcome was seen that must not be. */
  boolean hasForbidden() {
    return forbidden() > 0;
  }

  private long forbidden() {
    return rows.stream().filter(row -> row.expectation().isViolated()).mapToLong(Row::count).sum();
  }

  /** Fails or skips a test of which too little was seen. */
  void requireOverlap() {
    if (runs == 0) {
      throw new AssertionFailedError("Nothing was run within the budget: raise budget.");
    }
    if (!overlapped) {
      throw new TestAbortedException(
          String.format(
              Locale.ROOT,
              "In %,d runs no two threads ever ran at the same time, so that the table would say"
                  + " nothing. Run the test on two free cores, or raise budget.",
              runs));
    }
  }

  /** Returns the table. */
  @Override
  public String toString() {
    return headline()
        + "\n\n"
        + actions.stream().map(action -> "  " + action + "\n").collect(joining())
        + "\n"
        + layOut()
        + notSeen();
  }

  private String headline() {
    return hasForbidden()
        ? String.format(
            Locale.ROOT,
            "%s came to what must not be, marked !, in %,d of %,d runs:",
            subject,
            forbidden(),
            runs)
        : String.format(
            Locale.ROOT,
            "%s came to nothing that must not be, in %,d runs and %.1f s:",
            subject,
            runs,
            elapsed.toMillis() / 1000.0);
  }

  private String notSeen() {
    String outcomes =
        rows.stream()
            .filter(row -> row.expectation() == Expectation.INTERESTING && row.count() == 0)
            .map(row -> row.outcome().toString())
            .collect(joining(", "));
    return outcomes.isEmpty()
        ? ""
        : "\nInteresting, but not seen: %s. It may take a larger budget, or another machine.\n"
            .formatted(outcomes);
  }

  private String layOut() {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"outcome", "count", "share", "expected", "why"});
    rows.stream().limit(MAX_ROWS).forEach(row -> lines.add(cells(row)));
    int[] widths =
        IntStream.range(0, 5)
            .map(column -> lines.stream().mapToInt(line -> line[column].length()).max().orElse(0))
            .toArray();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      text.append(i > 0 && isMarked(rows.get(i - 1)) ? "! " : "  ");
      text.append(line(lines.get(i), widths)).append('\n');
      if (i == 0) {
        text.append("  ").append(rule(widths)).append('\n');
      }
    }
    if (rows.size() > MAX_ROWS) {
      text.append("  and %d outcomes more\n".formatted(rows.size() - MAX_ROWS));
    }
    return text.toString();
  }

  private static boolean isMarked(Row row) {
    return row.expectation().isViolated() && row.count() > 0;
  }

  private String[] cells(Row row) {
    return new String[] {
      row.outcome().toString(),
      String.format(Locale.ROOT, "%,d", row.count()),
      share(row.count()),
      row.expectation().toString(),
      row.why()
    };
  }

  private String share(long count) {
    double share = runs == 0 ? 0 : (double) count / runs;
    return count > 0 && share < LEAST_SHARE
        ? "<0.01%"
        : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }

  private static String line(String[] cells, int[] widths) {
    return String.join(
            " | ",
            left(cells[0], widths[0]),
            right(cells[1], widths[1]),
            right(cells[2], widths[2]),
            left(cells[3], widths[3]),
            cells[4])
        .stripTrailing();
  }

  private static String rule(int[] widths) {
    return IntStream.of(widths).mapToObj("-"::repeat).collect(joining("-+-"));
  }

  private static String left(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static String right(String text, int width) {
    return " ".repeat(width - text.length()) + text;
  }
}
