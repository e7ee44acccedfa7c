package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Result;
import java.util.List;

/**
 * What a check says of a history.
 *
 * @param <C> a call
 */
public sealed interface Verdict<C> {

  /**
   * An order explains the history.
   *
   * @param <C> a call
   * @param order all events, in that order
   */
  record Holds<C>(List<Event<C>> order) implements Verdict<C> {}

  /**
   * No order explains the history.
   *
   * @param <C> a call
   * @param deadEnds the orders that got furthest, at least one; if calls of one key have no order,
   *     then orders of these
   */
  record Fails<C>(List<DeadEnd<C>> deadEnds) implements Verdict<C> {}

  /**
   * The check gave up: neither an order was found nor the absence of one.
   *
   * @param <C> a call
   * @param steps how many calls of the specification it made
   */
  record Undecided<C>(long steps) implements Verdict<C> {}

  /**
   * An order that explains a part of the history and can't be continued.
   *
   * @param <C> a call
   * @param order the events explained
   * @param contradictions every event that could come next, and what it should have come to
   */
  record DeadEnd<C>(List<Event<C>> order, List<Contradiction<C>> contradictions) {}

  /**
   * An event whose result is none that the specification allows.
   *
   * @param <C> a call
   * @param event what was seen
   * @param expected what the specification allows; nothing if the call may not return yet
   */
  record Contradiction<C>(Event<C> event, List<Result> expected) {}
}
