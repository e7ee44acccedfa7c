package io.github.threadfast.testkit.report;

import static java.util.Map.entry;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.report.Wording.Way;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Values;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Failures as a page of HTML that needs no other file, no network and no script. */
public final class HtmlReport {
  private static final int MAX_STACK = 10_000;

  private static final Template TEMPLATE =
      Mustache.compiler()
          .emptyStringIsFalse(true)
          .withLoader(HtmlReport::resource)
          .withEscaper(text -> Escapers.HTML.escape(visible(text)))
          .loadTemplate("report.mustache");

  private HtmlReport() {}

  /** Returns the page of {@code failure}. */
  public static <S> String of(Failure<S> failure) {
    Story<S> story = Story.of(failure);
    Timeline<S> timeline = Timeline.of(failure.history());
    return TEMPLATE.execute(
        Map.ofEntries(
            entry("headline", story.headline()),
            entry("before", calls(timeline.before(), story)),
            entry("together", !timeline.threads().isEmpty()),
            entry("threads", timeline.threads()),
            entry("rows", timeline.rows().stream().map(row -> row(row, story)).toList()),
            entry("after", calls(timeline.after(), story)),
            entry("remarks", story.remarks()),
            entry("details", story.details().stream().toList()),
            entry("deadEnds", story.deadEnds().stream().map(d -> deadEnd(d, timeline)).toList()),
            entry("stack", failure.thrown().stream().map(HtmlReport::stack).toList()),
            entry("found", Wording.found(failure.effort())),
            entry(
                "again", Wording.again(failure.effort()).stream().map(HtmlReport::way).toList())));
  }

  private static <S> List<List<Map<String, Object>>> row(
      List<Optional<Event<Call<S>>>> row, Story<S> story) {
    return row.stream().map(cell -> calls(cell.stream().toList(), story)).toList();
  }

  private static <S> List<Map<String, Object>> calls(List<Event<Call<S>>> events, Story<S> story) {
    return events.stream()
        .map(event -> call(event, event.call().toString(), story.isMisfit(event)))
        .toList();
  }

  private static <S> Map<String, Object> deadEnd(DeadEnd<Call<S>> deadEnd, Timeline<S> timeline) {
    int lastLane = timeline.lastLane();
    return Map.of(
        "order",
        deadEnd.order().stream()
            .map(event -> call(event, Wording.place(event, lastLane), false))
            .toList(),
        "next",
        Wording.next(deadEnd, lastLane));
  }

  private static Map<String, Object> call(Event<?> event, String call, boolean misfit) {
    return Map.of(
        "call", call, "outcome", Wording.outcome(event.result()).strip(), "misfit", misfit);
  }

  private static Map<String, Object> way(Way way) {
    return Map.of("purpose", way.purpose(), "code", way.code());
  }

  /** Returns the stack of {@code thrown}, whose own methods may do anything. */
  private static String stack(Throwable thrown) {
    StringWriter stack = new StringWriter();
    try {
      thrown.printStackTrace(new PrintWriter(stack));
    } catch (Throwable unprintable) {
      stack
          .append("(an exception whose stack can't be shown: ")
          .append(Values.nameOf(unprintable))
          .append(')');
    }
    String text = stack.toString().replace("\r\n", "\n");
    return text.length() <= MAX_STACK ? text : text.substring(0, MAX_STACK) + "…";
  }

  private static Reader resource(String name) {
    return new InputStreamReader(
        Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name),
        StandardCharsets.UTF_8);
  }

  /** Returns {@code text} with a number for every character that hides itself or moves others. */
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (isInvisible(c)) {
            for (char unit : Character.toChars(c)) {
              visible.append("\\u%04X".formatted((int) unit));
            }
          } else {
            visible.appendCodePoint(c);
          }
        });
    return visible.toString();
  }

  private static boolean isInvisible(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL -> character != '\n' && character != '\t';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
