package io.github.threadfast.examples;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.threadfast.DeadlockException;
import io.github.threadfast.Guarded;
import io.github.threadfast.Lazy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The README shows code that is compiled and run, and texts that the code prints. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");

  private static final Pattern EXAMPLE =
      Pattern.compile("<!-- example: (\\S+) (\\S+) -->\n```java\n(.*?)```", Pattern.DOTALL);

  /** With fewer, two threads take turns on one core half of the time. */
  private static final double LEAST_PROCESSORS = 1.5;

  private final String readme = read("README.md");

  @Test
  void everyExample_isTheRegionThatItNames() {
    List<MatchResult> examples = EXAMPLE.matcher(readme).results().toList();

    assertEquals(count("```java\n"), examples.size(), "java blocks that name their source");
    assertAll(
        examples.stream()
            .map(example ->
                () ->
                    assertEquals(
                        region(example.group(1), example.group(2)),
                        example.group(3),
                        example.group(1) + " " + example.group(2))));
  }

  /**
   * On a machine that is busy, shrinking may run out of time: then another try tells. On one that
   * has no two processors for it, none does.
   */
  @Test
  void theReport_isWhatTheTestKitSaysOfTheBug() {
    String expected = withoutFigures(block("report"));
    String report = "";
    Processors processors = new Processors();
    for (int i = 0; i < 10 && !report.equals(expected); i++) {
      report = withoutFigures(CounterExamples.reportOfTheBug() + "\n");
    }

    assumeTrue(
        report.equals(expected) || processors.busySinceThen() >= LEAST_PROCESSORS,
        "The machine is too busy. " + report);
    assertEquals(expected, report);
  }

  @Test
  void theMessage_isWhatGuardedSays() {
    Guarded<StringBuilder> savings = Guarded.of("savings", new StringBuilder());

    savings.update(value -> {
      Executable nested = () -> savings.read(StringBuilder::length);
      String message = assertThrows(DeadlockException.class, nested).getMessage();
      assertEquals(block("message"), message + "\n");
    });
  }

  @Test
  void theDeadlock_isWhatItsThreadIsTold() throws InterruptedException {
    assertEquals(withoutLines(block("deadlock")), withoutLines(DeadlockExamples.message() + "\n"));
  }

  private static String withoutLines(String message) {
    return message.replaceAll("java:\\d+", "java:#");
  }

  @Test
  void theMessageOfLazy_isWhatLazySays() {
    List<Lazy<String>> lazies = new ArrayList<>();
    lazies.add(Lazy.of("orders", () -> lazies.get(1).get()));
    lazies.add(Lazy.of("stock", () -> lazies.get(0).get()));

    String message = assertThrows(DeadlockException.class, lazies.get(0)::get).getMessage();

    assertEquals(
        block("lazy-message"), message.replaceFirst("\\w+\\.java:\\d+", "Orders.java:31") + "\n");
  }

  /** How long a search takes and what it meets on the way differs from run to run. */
  private static String withoutFigures(String report) {
    int effort = report.indexOf("Found after ");
    if (effort < 0) {
      return report; // nothing was found
    }
    return report.substring(0, effort)
        + report
            .substring(effort)
            .replaceFirst(", shrunk from \\d+ calls to \\d+", "")
            .replaceAll("[\\d.,]+\\d|\\d", "#");
  }

  private String block(String mark) {
    Matcher block =
        Pattern.compile("<!-- " + mark + " -->\n```text\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertTrue(block.find(), "there is no block marked " + mark);
    return block.group(1);
  }

  /** Returns the lines between {@code @start} and {@code @end}, indented as little as can be. */
  private static String region(String file, String name) {
    List<String> lines = read(file).lines().toList();
    int start = indexOf(lines, "// @start region=\"" + name + "\"", 0);
    int end = indexOf(lines, "// @end", start);
    return lines.subList(start + 1, end).stream()
            .collect(joining("\n"))
            .stripTrailing()
            .stripIndent()
        + "\n";
  }

  private static int indexOf(List<String> lines, String text, int from) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(text)) {
        return i;
      }
    }
    throw new AssertionError("there is no line " + text);
  }

  private int count(String text) {
    return readme.split(Pattern.quote(text), -1).length - 1;
  }

  private static String read(String file) {
    try {
      return Files.readString(ROOT.resolve(file));
    } catch (IOException e) {
      throw new AssertionError("can't read " + file, e);
    }
  }
}
