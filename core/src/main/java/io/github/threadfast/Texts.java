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
   * Returns how a primitive is called: by its name, as {@code "orders"}; or if it has none, by the
   * class of the function that it was made with, as {@code <Orders>}, which made the lambda.
   */
  static String shownName(Object nameOrClass) {
    if (nameOrClass instanceof Class<?> type) {
      String fullName = type.getName();
      int lambda = fullName.indexOf("$$Lambda");
      if (lambda >= 0) { // the class that made it
        return "<" + fullName.substring(fullName.lastIndexOf('.', lambda) + 1, lambda) + ">";
      }
      return "<" + nameOf(type) + ">";
    }
    return "\"" + nameOrClass + '"';
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
