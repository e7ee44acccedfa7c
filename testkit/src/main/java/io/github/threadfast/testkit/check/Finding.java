package io.github.threadfast.testkit.check;

import java.util.List;

/** What was found out about the events of a {@link Precedence}, which are named by their index. */
public sealed interface Finding {

  /** No order explains the events. */
  Finding NO_ORDER = Nothing.NO_ORDER;

  /** It was not found out whether an order explains the events. */
  Finding UNKNOWN = Nothing.UNKNOWN;

  /**
   * An order explains the events.
   *
   * @param events all events, in that order
   */
  record Order(List<Integer> events) implements Finding {}

  /** Findings without an order. */
  enum Nothing implements Finding {
    NO_ORDER,
    UNKNOWN
  }
}
