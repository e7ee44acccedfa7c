package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class PerThreadProperties {

  enum Step {
    GET,
    SET,
    SET_AGAIN,
    REMOVE,
    ENTER,
    LEAVE,
    FOLD,
    END_A_THREAD,
    CLOSE
  }

  /** What one thread sees of a scope: a number, or none, which is to be closed or not. */
  private record Level(Integer value, boolean owned) {}

  /** What a PerThread is, said in another way: a stack, and a list of what ended threads left. */
  private static final class Model {
    private final boolean forgetting;
    private final Deque<Level> levels = new ArrayDeque<>(List.of(new Level(null, false)));
    private final List<Integer> ended = new ArrayList<>();
    private final List<Integer> closed = new ArrayList<>();
    private boolean isClosed;

    Model(boolean forgetting) {
      this.forgetting = forgetting;
    }

    Object set(Integer value) {
      if (isClosed) {
        return "closed";
      }
      leave(levels.pop());
      levels.push(new Level(value, true));
      return value;
    }

    void leave(Level level) {
      if (level.owned) {
        closed.add(level.value);
      }
    }

    void remove() {
      leave(levels.pop());
      levels.push(new Level(null, false));
    }

    int sum() {
      Integer value = levels.getFirst().value;
      return ended.stream().mapToInt(n -> n).sum() + (value == null ? 0 : value);
    }

    void close() {
      isClosed = true;
      closed.addAll(ended);
      ended.clear();
      int depth = levels.size();
      levels.forEach(this::leave);
      levels.clear();
      levels.addAll(Collections.nCopies(depth, new Level(null, false)));
    }
  }

  /** A thread's calls, each compared with the model. */
  private static final class Run {
    private final List<Integer> closed = new ArrayList<>();
    private final Model model;
    private final PerThread<Integer> values;
    private int last;

    Run(boolean forgetting) {
      model = new Model(forgetting);
      PerThread.Builder<Integer> builder =
          PerThread.<Integer>builder(() -> ++last).name("values").closer(closed::add);
      values = (forgetting ? builder.forgetEnded() : builder).build();
    }

    void play(Iterator<Step> steps) throws Exception {
      while (steps.hasNext()) {
        switch (steps.next()) {
          case GET -> get();
          case SET -> set(++last);
          case SET_AGAIN -> setAgain();
          case REMOVE -> {
            values.remove();
            model.remove();
          }
          case ENTER -> enter(steps);
          case LEAVE -> {
            if (model.levels.size() > 1) {
              return;
            }
          }
          case FOLD -> {
            Object expected = model.isClosed ? "closed" : model.sum();
            assertEquals(expected, outcomeOf(() -> values.fold(0, Integer::sum)));
          }
          case END_A_THREAD -> endAThread();
          case CLOSE -> {
            values.close();
            model.close();
          }
        }
        check();
      }
    }

    private void get() {
      Integer there = model.levels.getFirst().value();
      Object got = outcomeOf(values::get);
      assertEquals(there != null ? there : model.set(last), got);
    }

    private void set(Integer value) {
      Object got =
          outcomeOf(() -> {
            values.set(value);
            return value;
          });
      assertEquals(model.set(value), got);
    }

    private void setAgain() {
      Integer there = model.levels.getFirst().value();
      if (there != null) {
        values.set(there);
      }
    }

    private void enter(Iterator<Step> steps) throws Exception {
      Integer given = ++last;
      if (model.isClosed) {
        assertEquals("closed", outcomeOf(() -> values.with(given, () -> given)));
        return;
      }
      model.levels.push(new Level(given, false));
      values.with(given, () -> play(steps));
      model.leave(model.levels.pop());
    }

    /** Whoever comes next finds it out: here a third thread, unless all is closed. */
    private void endAThread() throws Exception {
      Integer value = ++last;
      Actor.run("ended", () -> outcomeOf(() -> setAndReturn(value)));
      if (!model.isClosed) {
        (model.forgetting ? model.closed : model.ended).add(value);
        outcomeOf(() -> values.fold(0, Integer::sum));
      }
    }

    private Integer setAndReturn(Integer value) {
      values.set(value);
      return value;
    }

    private void check() {
      assertEquals(sorted(model.closed), sorted(closed));
      int threads = model.levels.getFirst().value() == null ? 0 : 1;
      String ended = model.ended.isEmpty() ? "" : ", " + model.ended.size() + " ended";
      assertEquals(
          model.isClosed
              ? "PerThread[\"values\", closed]"
              : "PerThread[\"values\", "
                  + threads
                  + (threads == 1 ? " thread" : " threads")
                  + ended
                  + "]",
          values.toString());
    }

    private static List<Integer> sorted(List<Integer> list) {
      return list.stream().sorted().toList();
    }

    private static Object outcomeOf(Supplier<Integer> call) {
      try {
        return call.get();
      } catch (IllegalStateException e) {
        return "closed";
      }
    }
  }

  @Property(tries = 500)
  void anyUse_isWhatTheModelSays(@ForAll boolean forgetting, @ForAll List<Step> steps)
      throws Exception {
    new Run(forgetting).play(steps.iterator());
  }
}
