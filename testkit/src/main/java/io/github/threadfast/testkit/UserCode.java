package io.github.threadfast.testkit;

import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Input;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Values;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the user's part of a stack from the test kit's. */
final class UserCode {
  /** The classes from which the test kit calls the user. */
  private static final Set<String> CALLERS =
      Stream.of(
              Call.class,
              Input.class,
              Operation.class,
              Subjects.class,
              Breach.class,
              Values.class,
              Stress.class)
          .map(Class::getName)
          .collect(Collectors.toSet());

  private UserCode() {}

  /** Returns whether {@code frame} is the test kit's, and calls the user. */
  static boolean isCaller(StackTraceElement frame) {
    String name = frame.getClassName();
    int nested = name.indexOf('$');
    return CALLERS.contains(nested < 0 ? name : name.substring(0, nested))
        && !(name.equals(Call.class.getName()) && !frame.getMethodName().equals("perform"));
  }

  /** Returns whether {@code thread} is in the user's code. */
  static boolean isRunBy(Thread thread) {
    return Arrays.stream(thread.getStackTrace()).skip(1).anyMatch(UserCode::isCaller);
  }
}
