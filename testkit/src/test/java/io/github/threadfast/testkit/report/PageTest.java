package io.github.threadfast.testkit.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class PageTest {
  private final Page page = new Page("Counter-1.html", "<!doctype html>\u2717");

  @TempDir Path folder;

  @Test
  void write_createsTheFolderThatThePropertyNames() throws IOException {
    Path file = folder.resolve("a/b").resolve("Counter-1.html");

    String text = in(folder.resolve("a/b").toString(), page::write);

    assertEquals("Timeline: " + file, text);
    assertEquals(page.html(), Files.readString(file));
  }

  @Test
  void write_withoutTheProperty_goesToTheBuildFolder() {
    String text = in(null, page::write);

    assertEquals("Timeline: " + Path.of("target", "threadfast", "Counter-1.html"), text);
    assertTrue(Files.exists(Path.of("target/threadfast/Counter-1.html")));
  }

  @Test
  void write_twice_keepsTheLast() throws IOException {
    in(folder.toString(), page::write);
    in(folder.toString(), new Page(page.name(), "new")::write);

    assertEquals("new", Files.readString(folder.resolve(page.name())));
  }

  @Test
  void write_whereThereIsAFile_saysSoInOneLine() throws IOException {
    Path file = Files.createFile(folder.resolve("taken"));

    assertEquals(
        "Timeline: could not be written to %s: java.nio.file.FileAlreadyExistsException: %s"
            .formatted(file, file.toAbsolutePath()),
        in(file.toString(), page::write));
  }

  @Test
  void write_whereTheFolderCanNotBe_saysSoInOneLine() {
    String text = in("a\0\nb", page::write);

    assertTrue(text.startsWith("Timeline: could not be written to a\0 b: "), text);
    assertEquals(1, text.lines().count(), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../etc/passwd", "a b\\c:d*?\"<>|", "\u05e9\ud83d\ude00\n\0", ""})
  void of_aSubjectWithAnyName_isASafeFile(String subject) {
    String name = Page.of(named(subject)).name();

    assertTrue(name.matches("[A-Za-z0-9._-]*-\\d+\\.html"), name);
  }

  @Test
  void of_aSubjectWithALongName_isAFileThatCanBeMade() {
    int length = Page.of(named("x".repeat(10_000))).name().length();

    assertTrue(length < 120, length + " characters");
  }

  @Test
  void of_theSameFailureFoundInAnotherWay_isTheSameFile() {
    Failure<Object> failure = Failures.lostUpdate();
    Failure<Object> later =
        new Failure<>(
            failure.subject(), failure.history(), failure.cause(), Failures.orderInTime().effort());

    assertEquals(Page.of(failure).name(), Page.of(later).name());
  }

  @Test
  void of_anotherSubjectOrFailure_isAnotherFile() {
    assertNotEquals(Page.of(named("A b")).name(), Page.of(named("A_b")).name());
    assertNotEquals(
        Page.of(Failures.brokenInvariant("a", null)).name(),
        Page.of(Failures.brokenInvariant("b", null)).name());
  }

  private static Failure<Object> named(String subject) {
    Failure<Object> failure = Failures.lostUpdate();
    return new Failure<>(subject, failure.history(), failure.cause(), failure.effort());
  }

  private static String in(String folder, Supplier<String> write) {
    String old = System.getProperty(Page.FOLDER);
    set(folder);
    try {
      return write.get();
    } finally {
      set(old);
    }
  }

  private static void set(String folder) {
    if (folder == null) {
      System.clearProperty(Page.FOLDER);
    } else {
      System.setProperty(Page.FOLDER, folder);
    }
  }
}
