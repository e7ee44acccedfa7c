package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Jupiter is optional: only the package junit needs it. */
class WithoutJupiterTest {

  @Test
  void stress_runsWithoutJupiterOnTheClassPath() throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(classPathWithoutJupiter(), ClassLoader.getPlatformClassLoader())) {
      assertThrows(
          ClassNotFoundException.class, () -> loader.loadClass("org.junit.jupiter.api.Test"));
      Class<?> user = loader.loadClass(User.class.getName());

      assertSame(loader, user.getClassLoader());
      ((Runnable) user.getDeclaredConstructor().newInstance()).run();
    }
  }

  private static URL[] classPathWithoutJupiter() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("junit-jupiter"))
        .map(WithoutJupiterTest::url)
        .toArray(URL[]::new);
  }

  private static URL url(String path) {
    try {
      return Path.of(path).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }

  /** Uses what does not need Jupiter. */
  public static final class User implements Runnable {
    private static final Duration SHORT = Duration.ofSeconds(1);

    @Override
    public void run() {
      try {
        Stress.of(AtomicInteger::new)
            .operation("increment", AtomicInteger::incrementAndGet)
            .budget(SHORT)
            .assertLinearizable();
        Checks.assertNoLostUpdate(
            AtomicInteger::new,
            AtomicInteger::incrementAndGet,
            AtomicInteger::get,
            check -> check.budget(SHORT));
      } catch (TestAbortedException neverMet) {
        // but ran
      }
    }
  }
}
