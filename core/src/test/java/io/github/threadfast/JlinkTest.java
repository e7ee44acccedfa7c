package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/** The library in a run-time image that has nothing but {@code java.base}. */
@Timeout(300)
class JlinkTest {
  private static final Path CLASSES = folderOf(Guarded.class);
  private static final Path TEST_CLASSES = folderOf(OnJavaBaseAlone.class);

  @TempDir(factory = InTarget.class)
  private static Path folder;

  private static Path image;

  @BeforeAll
  static void link() {
    image = folder.resolve("image");
    ToolProvider jlink =
        ToolProvider.findFirst("jlink").orElseGet(() -> abort("This JDK has no jlink."));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);

    int exitCode = jlink.run(out, out, "--add-modules", "java.base", "--output", image.toString());

    // A JDK without packaged modules may have been built to link from itself, or not.
    if (exitCode != 0 && !Files.exists(Path.of(System.getProperty("java.home"), "jmods"))) {
      abort("This JDK has no packaged modules, and jlink says: " + said);
    }
    assertEquals(0, exitCode, said::toString);
  }

  @Test
  void theImage_hasOnlyJavaBase() throws Exception {
    String modules = java("--list-modules");

    assertTrue(modules.matches("java\\.base@\\S+\\s*"), modules);
  }

  @Test
  void onTheClassPath_theLibraryWorks() throws Exception {
    assertWorks(
        java("-cp", CLASSES + File.pathSeparator + TEST_CLASSES, OnJavaBaseAlone.class.getName()));
  }

  @Test
  void onTheModulePath_theLibraryWorks() throws Exception {
    String module = "io.github.threadfast";

    assertWorks(
        java(
            "-p",
            CLASSES.toString(),
            "--patch-module",
            module + "=" + TEST_CLASSES,
            "-m",
            module + "/" + OnJavaBaseAlone.class.getName()));
  }

  private static void assertWorks(String output) {
    List<String> lines = output.lines().toList();
    assertEquals(3, lines.size(), output);
    assertEquals("guarded", lines.get(0));
    assertTrue(lines.get(1).startsWith("Waiting for Guarded "), output);
    assertEquals("1 deadlock", lines.get(2));
  }

  /** Runs the image's {@code java}, and returns what it wrote if it ended well and in time. */
  private static String java(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(image.resolve("bin").resolve("java").toString());
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended;
    try {
      ended = process.waitFor(60, TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly();
    }
    String wrote = Files.readString(output, Charset.defaultCharset());
    assertTrue(ended, () -> command + " has not ended in a minute, and wrote: " + wrote);
    assertEquals(0, process.exitValue(), () -> command + " wrote: " + wrote);
    return wrote;
  }

  private static Path folderOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** An image is large; the temporary folder of the machine may be small. */
  private static final class InTarget implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
        throws IOException {
      return Files.createTempDirectory(TEST_CLASSES.getParent(), "jlink");
    }
  }
}
