package io.github.threadfast;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What messages say of threads, classes and places. */
final class Texts {
  private static final String OUR_PACKAGE = Texts.class.getPackageName();

  private Texts() {}

  /** Returns the name; a virtual thread has none unless it was given one. */
  static String nameOf(Thread thread) {
    return thread.getName().isEmpty() ? "#" + idOf(thread) : thread.getName();
  }

  /** Returns the simple name; an anonymous class has none. */
  static String nameOf(Class<?> type) {
    return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
  }

  /**
   * Returns a name as {@code "orders"}, or, in the place of one, the class of a function: the class
   * that made a lambda, as {@code <Orders>}.
   *
   * @param name a String or a Class
   */
  static String shownName(Object name) {
    if (!(name instanceof Class<?> type)) {
      return "\"" + name + '"';
    }
    String fullName = type.getName();
    int lambda = fullName.indexOf("$$Lambda");
    return lambda < 0
        ? "<" + nameOf(type) + ">"
        : "<" + fullName.substring(fullName.lastIndexOf('.', lambda) + 1, lambda) + ">";
  }

  /** Returns the number of the thread. */
  @SuppressWarnings("deprecation") // threadId(), which replaces getId() on 19, isn't there on 17
  static long idOf(Thread thread) {
    return thread.getId();
  }

  /**
   * Returns where user code called into this library or the JDK, as {@code Orders.java:31}, or null
   * if the stack doesn't tell.
   */
  static @Nullable String placeIn(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .filter(frame -> !isOfTheJdk(frame) && !isOurs(frame))
        .findFirst()
        .map(frame ->
            frame.getFileName() == null
                ? frame.getClassName()
                : frame.getFileName() + ":" + frame.getLineNumber())
        .orElse(null);
  }

  private static boolean isOfTheJdk(StackTraceElement frame) {
    String module = frame.getModuleName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }

  private static boolean isOurs(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.substring(0, Math.max(0, name.lastIndexOf('.'))).equals(OUR_PACKAGE);
  }
}
