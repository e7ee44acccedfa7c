package io.github.threadfast.testkit.hang;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/** Stacks and lists of bounded length as plain text. */
final class StackText {
  private static final int MAX_FRAMES = 20;

  private StackText() {}

  /** Returns {@code title} and below it the frames, innermost first. */
  static String of(String title, List<StackTraceElement> frames) {
    String lines = joined(frames.stream().map(frame -> "at " + plain(frame)), MAX_FRAMES, "\n    ");
    return lines.isEmpty() ? title : title + "\n    " + lines;
  }

  /** Returns the items that are allowed, and how many there are beside them. */
  static String joined(Stream<String> items, int max, String separator) {
    List<String> all = items.toList();
    String shown = all.stream().limit(max).collect(joining(separator));
    return all.size() <= max ? shown : shown + separator + "… and " + (all.size() - max) + " more";
  }

  /** Returns the method and where in it the thread is. */
  static String place(StackTraceElement frame) {
    String file = frame.getFileName();
    return method(frame)
        + (file == null || frame.getLineNumber() < 0
            ? ""
            : ", " + file + ":" + frame.getLineNumber());
  }

  /** Returns the method without its package. */
  static String method(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.substring(name.lastIndexOf('.') + 1).replace('$', '.')
        + "."
        + frame.getMethodName();
  }

  static boolean sleeps(List<StackTraceElement> stack) {
    return stack.stream()
        .takeWhile(Sighting::isOfTheJdk)
        .anyMatch(frame ->
            frame.getClassName().equals("java.lang.Thread")
                && frame.getMethodName().equals("sleep"));
  }

  /** Returns a frame without the versions that differ between the JVM's ways to tell it. */
  private static StackTraceElement plain(StackTraceElement frame) {
    return new StackTraceElement(
        null,
        frame.getModuleName(),
        null,
        frame.getClassName(),
        frame.getMethodName(),
        frame.getFileName(),
        frame.getLineNumber());
  }
}
