package io.github.threadfast.examples;

import java.io.IOException;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Where the tour prints: lines of text, and a bar below the last one where the terminal has one.
 */
final class Screen {
  private static final int NO_BAR = 0;

  private final PrintStream out;
  private final int width;

  private Screen(PrintStream out, int width) {
    this.out = out;
    this.width = width;
  }

  /** Returns a screen that never draws a bar. */
  static Screen plain(PrintStream out) {
    return new Screen(out, NO_BAR);
  }

  /** Returns a screen that draws bars if standard output is a terminal that can move its cursor. */
  static Screen onTerminal(PrintStream out) throws IOException {
    // native signals: the terminal would take Ctrl-C, and the program would end without a word
    try (Terminal terminal =
        TerminalBuilder.builder()
            .systemOutput(TerminalBuilder.SystemOutput.SysOut)
            .dumb(true)
            .nativeSignals(false)
            .build()) {
      boolean dumb = terminal.getType().startsWith(Terminal.TYPE_DUMB);
      return new Screen(out, dumb ? NO_BAR : Math.max(40, terminal.getWidth() - 1));
    }
  }

  void print(String text) {
    out.println(text);
    out.flush();
  }

  /** Shows a bar until it is closed, or nothing. */
  ProgressBar bar(String task, long steps) {
    PrintStream shown = width == NO_BAR ? new PrintStream(PrintStream.nullOutputStream()) : out;
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(steps)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(100)
        .setConsumer(new ClearingConsumer(shown, Math.max(width, 40)))
        .build();
  }

  /** Wipes the bar when it is done. */
  private static final class ClearingConsumer extends ConsoleProgressBarConsumer {
    private final PrintStream out;
    private final int width;

    ClearingConsumer(PrintStream out, int width) {
      super(out, width);
      this.out = out;
      this.width = width;
    }

    @Override
    public void close() {
      out.print("\r" + " ".repeat(width) + "\r");
      out.flush();
    }
  }
}
