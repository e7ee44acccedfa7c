package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@Timeout(60)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class FailurePageTest {
  private final Stress<PlainCounter> bug =
      Stress.of(PlainCounter::new).operation("increment", PlainCounter::increment);

  /** Loses an increment if two meet. */
  private static final class PlainCounter {
    private int count;

    int increment() {
      int seen = count;
      Window.open();
      count = seen + 1;
      return seen + 1;
    }
  }

  @TempDir Path folder;

  @AfterEach
  void restoreFolder() {
    System.clearProperty("threadfast.reports");
  }

  @Test
  void aFailure_endsWithTheFileOfItsPage() throws IOException {
    System.setProperty("threadfast.reports", folder.toString());

    Finding finding = Finding.of(bug::assertLinearizable);

    List<String> text = finding.message().lines().toList();
    Path file = onlyFile();
    Document page = Jsoup.parse(Files.readString(file));
    assertEquals("Timeline: " + file, text.get(text.size() - 1));
    assertEquals(text.get(0), page.title());
    assertEquals(text.get(text.size() - 3), again(page, 0));
    assertEquals(text.get(text.size() - 2), again(page, 1));
    assertFalse(page.select(".call.misfit").isEmpty(), page.toString());
    finding.require(page.select(".call.misfit").size() == 1);
  }

  @Test
  void aFailure_whosePageCanNotBeWritten_isStillShown() throws IOException {
    Path taken = Files.createFile(folder.resolve("taken"));
    System.setProperty("threadfast.reports", taken.toString());

    List<String> text = failure();

    String last = text.get(text.size() - 1);
    assertTrue(text.get(0).startsWith("PlainCounter is not linearizable: "), text.get(0));
    assertTrue(last.startsWith("Timeline: could not be written to " + taken + ": "), last);
  }

  private List<String> failure() {
    return Finding.of(bug::assertLinearizable).message().lines().toList();
  }

  /** Returns the only one: the failure as it was before it was shrunk has none. */
  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertEquals(1, all.size(), all.toString());
      return all.get(0);
    }
  }

  private static String again(Document page, int index) {
    return page.select("dt").get(index).text() + ": " + page.select("dd").get(index).text();
  }
}
