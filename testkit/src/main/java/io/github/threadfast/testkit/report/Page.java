package io.github.threadfast.testkit.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * The page of a failure, ready to be written: no value is asked for its text any more.
 *
 * @param name the name of its file, the same for each failure that shows the same
 * @param html what is in it
 */
public record Page(String name, String html) {
  /** The system property that names the folder of the pages. */
  static final String FOLDER = "threadfast.reports";

  private static final int MAX_SUBJECT = 100;

  /** Returns the page of {@code failure}. */
  public static Page of(Failure<?> failure) {
    CRC32 sum = new CRC32();
    sum.update(TextReport.whatHappened(failure).getBytes(StandardCharsets.UTF_8));
    String subject = failure.subject().replaceAll("[^A-Za-z0-9._-]", "_");
    String start = subject.substring(0, Math.min(subject.length(), MAX_SUBJECT));
    return new Page("%s-%d.html".formatted(start, sum.getValue()), HtmlReport.of(failure));
  }

  /**
   * Writes this page into the folder that the system property {@code threadfast.reports} names, or
   * else into {@code target/threadfast}. Returns what a text is to say of it, also if that fails.
   */
  public String write() {
    String folder = System.getProperty(FOLDER, "target/threadfast");
    try {
      Path file = Path.of(folder, name);
      Files.createDirectories(file.toAbsolutePath().getParent());
      return "Timeline: " + Files.writeString(file, html);
    } catch (IOException | RuntimeException e) {
      return ("Timeline: could not be written to " + folder + ": " + e).replaceAll("\\R", " ");
    }
  }
}
