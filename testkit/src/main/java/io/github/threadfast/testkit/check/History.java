package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.Result;
import java.util.List;

/**
 * What was seen of one concurrent run: the calls of each lane (a thread, or the set-up or final
 * part of a run) in their order, their results, and which calls had returned before which began.
 *
 * <p>Real time is kept as a vector clock and not as time stamps: for each call, how many calls of
 * every lane were known to have returned when it began. Such a count can be too low, which makes
 * the check more lenient, but never too high, so that no order is enforced that was not there.
 *
 * @param <C> a call
 * @param lanes the calls of each lane
 */
public record History<C>(List<List<Event<C>>> lanes) {

  /**
   * One call and its result.
   *
   * @param <C> a call
   * @param lane the lane it belongs to
   * @param call the call
   * @param result what it came to
   * @param returnedBefore how many calls of each lane had returned when this one began
   */
  public record Event<C>(int lane, C call, Result result, List<Integer> returnedBefore) {
    /** Keeps its own copy of the counts. */
    public Event {
      returnedBefore = List.copyOf(returnedBefore);
    }
  }

  /** Keeps its own copy of the lanes. */
  public History {
    lanes = lanes.stream().map(List::copyOf).toList();
  }

  /**
   * Returns whether some calls are in no order, being of two lanes and neither before the other.
   */
  public boolean hasConcurrentCalls() {
    List<Event<C>> events = lanes.stream().flatMap(List::stream).toList();
    return events.stream()
        .anyMatch(first ->
            events.stream()
                .anyMatch(second ->
                    first.lane() != second.lane()
                        && !isBefore(first, second)
                        && !isBefore(second, first)));
  }

  private static <C> boolean isBefore(Event<C> first, Event<C> second) {
    return first.returnedBefore().get(first.lane()) < second.returnedBefore().get(first.lane());
  }
}
