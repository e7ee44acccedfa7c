package io.github.threadfast;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The types whose instances may be shared, since nobody can change them. */
final class Immutables {
  private static final Set<Class<?>> KNOWN =
      Set.of(
          String.class,
          Boolean.class,
          Character.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          BigInteger.class,
          BigDecimal.class,
          UUID.class,
          Class.class);

  /** That of all that List.of, Set.of and Map.of return. */
  private static final Class<?> COLLECTIONS = List.of().getClass().getNestHost();

  private Immutables() {}

  /** Returns whether instances are known to be immutable. What they refer to need not be. */
  static boolean include(Class<?> type) {
    return KNOWN.contains(type)
        || type.isRecord()
        || Enum.class.isAssignableFrom(type)
        || type.getNestHost() == COLLECTIONS
        || isTime(type);
  }

  /** All that has a value in java.time is immutable. */
  private static boolean isTime(Class<?> type) {
    return type.getPackageName().equals(Duration.class.getPackageName())
        && (TemporalAccessor.class.isAssignableFrom(type)
            || TemporalAmount.class.isAssignableFrom(type));
  }
}
