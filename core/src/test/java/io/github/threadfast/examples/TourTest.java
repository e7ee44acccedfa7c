package io.github.threadfast.examples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.threadfast.examples.Tally.Totals;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TourTest {
  private static final String TEXT =
      "To be, or not to be:\r\nthat is the question. Größe 7\n\nno end";

  /** The tour has one half of the time for one thread alone. */
  private static final double LEAST_PROCESSORS = 1.2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    return Tour.run(new PrintStream(out, true), new PrintStream(err, true), arguments);
  }

  /** Runs it several times at most, since races come by chance. */
  private int runUntilTheRacesShow(int times) {
    int code = run("--plain", "--seconds", "1");
    if (times > 1 && !showsTheRaces(out.toString(StandardCharsets.UTF_8))) {
      out.reset();
      return runUntilTheRacesShow(times - 1);
    }
    return code;
  }

  private static boolean showsTheRaces(String text) {
    return text.contains("plain shared fields: wrong in ")
        && text.contains("Counter is not linearizable");
  }

  @Test
  void theOwnSources_areCountedWrongWithPlainFields_andRightWithAGuarded() {
    Processors processors = new Processors();

    int code = runUntilTheRacesShow(3);

    String text = out.toString(StandardCharsets.UTF_8);
    assumeTrue(
        showsTheRaces(text) || processors.busySinceThen() >= LEAST_PROCESSORS,
        "The machine is too busy for the races to show. " + text);
    assertAll(
        () -> assertEquals("", err.toString(StandardCharsets.UTF_8)),
        () -> assertEquals(0, code),
        () -> assertTrue(text.contains("plain shared fields: wrong in "), text),
        () ->
            assertTrue(
                Pattern.compile("the same fields in a Guarded: right in (\\d+) of \\1 passes")
                    .matcher(text)
                    .find(),
                text),
        () ->
            assertTrue(
                Pattern.compile(
                        "in a PerThread, added up at the end: right in (\\d+) of \\1 passes")
                    .matcher(text)
                    .find(),
                text),
        () ->
            assertTrue(
                Pattern.compile("the same with a Lazy: loaded (\\d+) times for \\1 first uses")
                    .matcher(text)
                    .find(),
                text),
        () ->
            assertTrue(
                text.contains(
                    "the same in a Snapshot: the number of one file with the name of another in 0 of"),
                text),
        () ->
            assertTrue(
                text.contains(
                    "the same in a ReadMostlyMap: more or less than one worker at all files in 0 of"),
                text),
        () ->
            assertTrue(
                Pattern.compile("takes their lines, up to the end: right in (\\d+) of \\1 passes")
                    .matcher(text)
                    .find(),
                text),
        () -> assertTrue(text.contains("Waiting for Guarded \"stock\" would never end"), text),
        () -> assertTrue(text.contains("Counter is not linearizable"), text));
  }

  @Test
  void theTotals_areThoseOfTheText(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("hamlet.txt"), TEXT);
    Tally tally = new Tally();

    Corpus.forEachLine(file, tally::add);

    // to be or not to be that is the question größe 7 no end; the ö and the ß have two bytes each
    assertEquals(new Totals(14, 12, 14, 61, 29), tally.totals());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // links want a right there
  void aCorpus_isEveryTextFileAtAnyDepth_andNoOther(@TempDir Path folder) throws IOException {
    Path inner = Files.createDirectories(folder.resolve("a/.hidden"));
    Path text = Files.writeString(inner.resolve("no-suffix"), TEXT);
    Path empty = Files.createFile(folder.resolve("empty"));
    Files.createSymbolicLink(folder.resolve("link"), text);
    Files.write(folder.resolve("nul.txt"), new byte[] {'a', 0, 'b'});
    Files.write(folder.resolve("latin1.txt"), "Größe".getBytes(StandardCharsets.ISO_8859_1));

    Path link =
        Files.createSymbolicLink(folder.resolveSibling(folder.getFileName() + "-link"), folder);

    assertEquals(new Corpus(List.of(text, empty), 2), Corpus.below(List.of(folder)));
    assertEquals(new Corpus(List.of(text, empty), 2), Corpus.below(List.of(link)));
    Files.delete(link);
  }

  @Test
  void aFolderThatDoesNotExist_isNamed_andTheCodeIs2() {
    assertEquals(2, run("no/such/folder"));
    assertError("tour: folder does not exist: no/such/folder");
  }

  @Test
  void aFileInPlaceOfAFolder_isNamed_andTheCodeIs2() {
    assertEquals(2, run("pom.xml"));
    assertError("tour: not a folder: pom.xml");
  }

  @Test
  void aFolderWithoutText_isNamed_andTheCodeIs2(@TempDir Path folder) {
    assertEquals(2, run(folder.toString()));
    assertError("tour: there is no text file below " + folder);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFolderThatCannotBeRead_isNamed_andTheCodeIs2(@TempDir Path folder) throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(locked), "this user may read everything");

    assertEquals(2, run(folder.toString()));
    assertError("tour: cannot be read: " + locked);
  }

  @Test
  void badNumbers_areNamed_andTheCodeIs2() {
    assertEquals(2, run("--threads", "1"));
    assertEquals(2, run("--seconds", "-1"));
    assertError(
        "tour: --threads must be from 2 to 1000: was 1.\n"
            + "tour: --seconds must be from 0 to 2147483647: was -1.");
  }

  private void assertError(String message) {
    assertEquals(message, err.toString(StandardCharsets.UTF_8).replace("\r\n", "\n").strip());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aSignalInTheMiddle_endsItWithAWord() throws IOException, InterruptedException {
    Process tour =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Tour.class.getName(),
                "--plain",
                "--seconds=100000")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader output = tour.inputReader(StandardCharsets.UTF_8)) {
      String first = output.readLine();

      tour.toHandle().destroy(); // unlike Process.destroy, leaves its output open

      List<String> rest = output.lines().collect(Collectors.toList());
      assertEquals("Looking for text files ...", first);
      assertEquals("Stopped before the end.", rest.get(rest.size() - 1));
      assertEquals(128 + 15, tour.waitFor());
    }
  }
}
