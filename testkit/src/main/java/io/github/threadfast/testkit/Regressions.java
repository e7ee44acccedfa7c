package io.github.threadfast.testkit;

import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.ReplayToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The programs of one specification that failed once, a token a line, in a file of their own. */
final class Regressions {
  private final Path file;

  private Regressions(Path file) {
    this.file = file;
  }

  static Regressions in(Path folder, String subject, List<? extends Operation<?>> operations) {
    String name =
        "%s-%04x.replay"
            .formatted(subject.replaceAll("[^\\w.-]", "_"), ReplayToken.checkSum(operations));
    return new Regressions(folder.resolve(name));
  }

  List<String> tokens() {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(String::strip).filter(this::isToken).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("regressions: can't read " + file, e);
    }
  }

  private boolean isToken(String line) {
    return !line.isEmpty() && !line.startsWith("#");
  }

  /** Keeps {@code token}, unless it is kept already. */
  void keep(String token) {
    if (tokens().contains(token)) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, token + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("regressions: can't write " + file, e);
    }
  }
}
