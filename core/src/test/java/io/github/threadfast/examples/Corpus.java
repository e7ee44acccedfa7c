package io.github.threadfast.examples;

import io.github.threadfast.CheckedConsumer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every text file below some folders: every regular file that is UTF-8 and has no NUL in it. Links
 * are not followed.
 *
 * @param files the text files
 * @param others how many files are no text
 */
record Corpus(List<Path> files, int others) {

  /**
   * Finds the text files below {@code folders}.
   *
   * @throws UncheckedIOException or {@link IOException} naming the file or folder that can't be
   *     read
   */
  static Corpus below(List<Path> folders) throws IOException {
    List<Path> files = new ArrayList<>();
    int others = 0;
    for (Path folder : folders) {
      try (Stream<Path> found = Files.walk(folder.toRealPath())) {
        for (Path file : found.filter(Corpus::isRegularFile).sorted().toList()) {
          if (isText(file)) {
            files.add(file);
          } else {
            others++;
          }
        }
      }
    }
    return new Corpus(files, others);
  }

  private static boolean isRegularFile(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isText(Path file) throws IOException {
    char[] buffer = new char[1 << 13];
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (int count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == 0) {
            return false;
          }
        }
      }
      return true;
    } catch (CharacterCodingException notText) {
      return false;
    }
  }

  static <X extends Exception> void forEachLine(Path file, CheckedConsumer<? super Line, X> action)
      throws IOException, X {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        line.write(b);
        if (b == '\n') {
          action.accept(Line.of(line.toByteArray()));
          line.reset();
        }
      }
    }
    if (line.size() > 0) {
      action.accept(Line.of(line.toByteArray()));
    }
  }
}
