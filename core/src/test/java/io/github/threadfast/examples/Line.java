package io.github.threadfast.examples;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A line of a text file, taken apart.
 *
 * @param words its words, in lower case
 * @param length its length in characters, without the line break
 * @param bytes its length in bytes, with the line break
 */
record Line(List<String> words, int length, int bytes) {
  private static final Pattern LINE_BREAK = Pattern.compile("\\r?\\n?\\z");
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");

  static Line of(byte[] bytes) {
    String text = LINE_BREAK.matcher(new String(bytes, StandardCharsets.UTF_8)).replaceFirst("");
    List<String> words =
        WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList();
    return new Line(words, text.codePointCount(0, text.length()), bytes.length);
  }
}
