package io.github.threadfast.testkit.hang;

import io.github.threadfast.testkit.hang.Sighting.Held;
import io.github.threadfast.testkit.hang.Sighting.Wait;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.PlatformManagedObject;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The threads as a JVM from JDK 21 on writes them to a file: the only way to see virtual threads
 * that are not at hand. From JDK 25 on it tells their states, monitors, and what they are parked
 * on.
 */
final class ThreadDump {
  static final boolean JVM_HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

  private static final Pattern HEADER =
      Pattern.compile(
          "#(?<id>\\d+) \"(?<name>.*)\"(?<virtual> virtual)?(?: (?<state>[A-Z_]+) .*)?");
  private static final Pattern FRAME =
      Pattern.compile(
          "\\s+(?:at )?(?:(?<module>[^/(]*)/)?(?<class>[^(]+)\\.(?<method>[^.(]+)"
              + "\\((?<file>[^:)]*)(?::(?<line>\\d+))?\\)");
  private static final Pattern LOCK =
      Pattern.compile("\\s+- (?<how>locked|waiting|parking)\\b[^<]*<(?<object>.+)>");
  private static final int NATIVE = -2;

  private static final long MAX_SECONDS = 5;

  /**
   * The JVM's time for a dump grows with the square of how many executors there are: thousands that
   * nobody has shut down take minutes. Then it is not asked again.
   */
  private static volatile boolean isTooSlow;

  private final List<Sighting> threads = new ArrayList<>();
  private boolean tellsLocks;

  private ThreadDump(List<String> lines) {
    int start = 0;
    for (int i = 1; i <= lines.size(); i++) {
      if (i == lines.size() || lines.get(i).startsWith("#")) {
        read(lines.subList(start, i));
        start = i;
      }
    }
  }

  /** Returns a dump of all threads, if this JVM can write one, and in time. */
  static Optional<ThreadDump> take() {
    if (!JVM_HAS_VIRTUAL_THREADS || !Picture.JVM_HAS_THREAD_BEAN || isTooSlow) {
      return Optional.empty();
    }
    FutureTask<ThreadDump> dump = new FutureTask<>(ThreadDump::dump);
    Thread dumper = new Thread(dump, "threadfast dump");
    dumper.setDaemon(true);
    dumper.start();
    try {
      return Optional.of(dump.get(MAX_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      isTooSlow = true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      // the report says what it lacks
    }
    return Optional.empty();
  }

  private static ThreadDump dump() throws ReflectiveOperationException, IOException {
    Path folder = Files.createTempDirectory("threadfast");
    Path file = folder.resolve("threads.txt");
    try {
      write(file);
      return of(Files.readAllLines(file));
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }

  private static void write(Path file) throws ReflectiveOperationException {
    String bean = "com.sun.management.HotSpotDiagnosticMXBean";
    Class<? extends PlatformManagedObject> type =
        Class.forName(bean).asSubclass(PlatformManagedObject.class);
    Class<?> format = Class.forName(bean + "$ThreadDumpFormat");
    Method dumpThreads = type.getMethod("dumpThreads", String.class, format);
    dumpThreads.invoke(
        ManagementFactory.getPlatformMXBean(type),
        file.toString(),
        format.getField("TEXT_PLAIN").get(null));
  }

  /** Returns what {@code lines}, in the JVM's plain format, tell. */
  static ThreadDump of(List<String> lines) {
    return new ThreadDump(lines);
  }

  /** Whether {@code thread} is a virtual one. */
  static boolean isVirtual(Thread thread) {
    return JVM_HAS_VIRTUAL_THREADS
        && thread.getClass().getName().matches("java\\.lang\\..*VirtualThread");
  }

  List<Sighting> threads() {
    return threads;
  }

  boolean tellsLocks() {
    return tellsLocks;
  }

  private void read(List<String> lines) {
    Matcher header = HEADER.matcher(lines.isEmpty() ? "" : lines.get(0));
    if (!header.matches()) {
      return;
    }
    List<StackTraceElement> stack = new ArrayList<>();
    List<Held> locked = new ArrayList<>();
    Resource awaited = null;
    for (String line : lines) {
      Matcher frame = FRAME.matcher(line);
      Matcher lock = LOCK.matcher(line);
      if (frame.matches()) {
        stack.add(frame(frame));
      } else if (lock.matches()) {
        Resource object = new Resource(lock.group("object"));
        if (lock.group("how").equals("locked")) {
          locked.add(new Held(object, true, stack.isEmpty() ? null : stack.get(stack.size() - 1)));
        } else {
          awaited = object;
        }
      }
    }
    threads.add(sighting(header, stack, locked, awaited));
  }

  private Sighting sighting(
      Matcher header,
      List<StackTraceElement> stack,
      List<Held> locked,
      @Nullable Resource awaited) {
    String state = header.group("state");
    tellsLocks |= state != null;
    Thread.State known = state == null ? guess(stack) : Thread.State.valueOf(state);
    return new Sighting(
        Long.parseLong(header.group("id")),
        header.group("name"),
        header.group("virtual") != null,
        known,
        awaited == null ? null : Wait.of(known, stack, awaited),
        locked,
        stack,
        0,
        Sighting.UNKNOWN);
  }

  private static Thread.State guess(List<StackTraceElement> stack) {
    String top = stack.isEmpty() ? "" : stack.get(0).getMethodName();
    if (top.equals("parkNanos")) {
      return Thread.State.TIMED_WAITING;
    }
    return top.equals("park") ? Thread.State.WAITING : Thread.State.RUNNABLE;
  }

  private static StackTraceElement frame(Matcher frame) {
    String module = frame.group("module");
    String file = frame.group("file");
    String line = frame.group("line");
    boolean isNative = file.equals("Native Method");
    return new StackTraceElement(
        null,
        module == null || module.isEmpty() ? null : module.replaceFirst("@.*", ""),
        null,
        frame.group("class"),
        frame.group("method"),
        isNative || file.equals("Unknown Source") ? null : file,
        isNative ? NATIVE : line == null ? -1 : Integer.parseInt(line));
  }
}
