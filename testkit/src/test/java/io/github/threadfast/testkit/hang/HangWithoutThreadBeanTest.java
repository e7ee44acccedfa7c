package io.github.threadfast.testkit.hang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HangWithoutThreadBeanTest {
  @Test
  void describe_inAJvmWithoutTheModule_saysWhatItLacks() throws Exception {
    String text = run("--limit-modules", "java.base");

    assertTrue(
        text.startsWith(
            """
            deadlocked: false
            "A" waits for a permit of Semaphore #1, and nobody is known who could end that.
            It looks like a lost wake-up, or like something that is not released, counted down or completed.

              "A" waits for a permit of Semaphore #1.

            "A" (WAITING)
                at java.base/\
            """),
        text);
    assertTrue(
        text.contains(
            "What the JVM does not tell: locks and who holds them, since the module java.management"
                + " is missing; who could end the wait for Semaphore #1."),
        text);
  }

  private static String run(String... options)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", folder(Hang.class) + File.pathSeparator + folder(Main.class)));
    command.add(Main.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), output);
      return output.replace("\r\n", "\n");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Path folder(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** Waits for a permit and prints why. */
  static final class Main {
    public static void main(String[] arguments) {
      Thread a = new Thread(() -> new Semaphore(0).acquireUninterruptibly(), "A");
      a.setDaemon(true);
      a.start();
      while (a.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      List<Thread> threads = List.of(a);
      System.out.println("deadlocked: " + Hang.deadlocked(threads, f -> false).isPresent());
      System.out.println(Hang.of(threads, f -> false).describe());
    }
  }
}
