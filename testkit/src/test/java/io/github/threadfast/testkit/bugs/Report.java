package io.github.threadfast.testkit.bugs;

import java.util.regex.Pattern;

/** The size of the failure that a message shows. */
record Report(String message) {
  private static final Pattern THREAD = Pattern.compile("\\bthread [A-Z]\\b");
  private static final Pattern CALL = Pattern.compile("\\w\\(");

  long threads() {
    return THREAD.matcher(scenario()).results().count();
  }

  long calls() {
    return CALL.matcher(scenario()).results().count();
  }

  /** Returns the part between the headline and the explanation, which is indented. */
  private String scenario() {
    return message
        .lines()
        .skip(1)
        .takeWhile(line -> line.isEmpty() || line.startsWith(" "))
        .reduce("", (text, line) -> text + line + "\n");
  }
}
