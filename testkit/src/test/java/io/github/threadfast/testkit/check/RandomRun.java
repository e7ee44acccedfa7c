package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.Transition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * A run in random intervals: every call takes effect somewhere between its beginning and its end,
 * or with some luck only later; and then some results are changed.
 */
final class RandomRun<S> {
  private final Specification<Invocation, S> specification;
  private final Supplier<Invocation> calls;
  private final Random random;

  private final List<List<Event<Invocation>>> lanes = new ArrayList<>();
  private final List<Place> pending = new ArrayList<>();
  private final List<Integer> returned = new ArrayList<>();
  private double forgetfulness;
  private double lateness;
  private S state;

  private record Place(int lane, int index) {}

  RandomRun(Specification<Invocation, S> specification, Supplier<Invocation> calls, Random random) {
    this.specification = specification;
    this.calls = calls;
    this.random = random;
    this.state = specification.initial();
  }

  /**
   * How likely a count of returned calls is too low: a thread need not see at once what others did.
   */
  RandomRun<S> forgetfulness(double probability) {
    forgetfulness = probability;
    return this;
  }

  /** How likely a call takes effect after its end only. */
  RandomRun<S> lateness(double probability) {
    lateness = probability;
    return this;
  }

  /**
   * Returns a history of that many calls by {@code threads}, and up to as many before and after
   * them.
   */
  History<Invocation> history(int threads, int before, int during, int after, int changes) {
    for (int lane = 0; lane < threads + 2; lane++) {
      lanes.add(new ArrayList<>());
      returned.add(0);
    }
    alone(0, before);
    List<Integer> beginsAndEnds = new ArrayList<>();
    for (int call = 0; call < during; call++) {
      beginsAndEnds.addAll(Collections.nCopies(2, 1 + random.nextInt(threads)));
    }
    Collections.shuffle(beginsAndEnds, random);
    for (int lane : beginsAndEnds) {
      if (lanes.get(lane).size() == returned.get(lane)) {
        begin(lane, forgetfulness);
      } else {
        end(lane);
      }
      Collections.shuffle(pending, random);
      List.copyOf(pending).stream().filter(any -> random.nextInt(3) == 0).forEach(this::takeEffect);
    }
    alone(threads + 1, after);
    List.copyOf(pending).forEach(this::takeEffect);
    for (int change = 0; change < changes; change++) {
      changeAResult();
    }
    return new History<>(lanes);
  }

  private void alone(int lane, int count) {
    for (int call = 0; call < count; call++) {
      begin(lane, 0);
      end(lane);
    }
  }

  private void begin(int lane, double forgetfulness) {
    List<Integer> seen = new ArrayList<>();
    for (int other = 0; other < lanes.size(); other++) {
      int count = returned.get(other);
      boolean forgets = other > 0 && other != lane && random.nextDouble() < forgetfulness;
      seen.add(forgets ? random.nextInt(count + 1) : count);
    }
    lanes.get(lane).add(new Event<>(lane, calls.get(), Result.DONE, seen));
    pending.add(new Place(lane, lanes.get(lane).size() - 1));
  }

  private void end(int lane) {
    if (random.nextDouble() >= lateness) {
      takeEffect(new Place(lane, returned.get(lane)));
    }
    returned.set(lane, returned.get(lane) + 1);
  }

  private void takeEffect(Place place) {
    if (pending.remove(place)) {
      Event<Invocation> event = lanes.get(place.lane()).get(place.index());
      List<Transition<S>> allowed = List.copyOf(specification.steps(state, event.call()));
      if (!allowed.isEmpty()) {
        Transition<S> chosen = allowed.get(random.nextInt(allowed.size()));
        setResult(event, place, chosen.result());
        state = chosen.next();
      }
    }
  }

  /** Gives some call the result of another call of its operation, or one of another run. */
  private void changeAResult() {
    int lane = random.nextInt(lanes.size());
    if (lanes.get(lane).isEmpty()) {
      return;
    }
    int index = random.nextInt(lanes.get(lane).size());
    Event<Invocation> event = lanes.get(lane).get(index);
    List<Event<Invocation>> alike =
        lanes.stream()
            .flatMap(List::stream)
            .filter(other -> other.call().operation().equals(event.call().operation()))
            .toList();
    Result result = alike.get(random.nextInt(alike.size())).result();
    if (random.nextBoolean()) {
      S other = specification.initial();
      for (int calls = random.nextInt(5); calls > 0; calls--) {
        for (Transition<S> transition : specification.steps(other, this.calls.get())) {
          other = transition.next();
        }
      }
      for (Transition<S> transition : specification.steps(other, event.call())) {
        result = transition.result();
      }
    }
    setResult(event, new Place(lane, index), result);
  }

  private void setResult(Event<Invocation> event, Place place, Result result) {
    lanes
        .get(place.lane())
        .set(
            place.index(), new Event<>(place.lane(), event.call(), result, event.returnedBefore()));
  }
}
