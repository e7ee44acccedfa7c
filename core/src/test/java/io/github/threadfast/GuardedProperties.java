package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class GuardedProperties {

  /** Things to do with a number, to a guarded list and to a plain one. */
  enum Step {
    UPDATE {
      @Override
      void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n) {
        guarded.update(list -> list.add(n));
        plain.add(n);
      }
    },
    COMPUTE {
      @Override
      void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n) {
        boolean removed = guarded.compute(list -> list.removeIf(m -> m > n));
        assertEquals(plain.removeIf(m -> m > n), removed);
      }
    },
    REPLACE {
      @Override
      void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n) {
        guarded.replace(list -> new ArrayList<>(list.subList(0, list.size() / 2)));
        plain.subList(plain.size() / 2, plain.size()).clear();
      }
    },
    FAIL_HALFWAY {
      @Override
      void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n) {
        assertThrows(
            IOException.class,
            () ->
                guarded.update(list -> {
                  list.add(n);
                  throw new IOException();
                }));
        plain.add(n);
      }
    },
    REPLACE_BY_NOTHING {
      @Override
      void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n) {
        assertThrows(NullPointerException.class, () -> guarded.replace(list -> null));
      }
    },
    NEST {
      @Override
      void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n) {
        assertThrows(
            DeadlockException.class, () -> guarded.update(list -> guarded.update(List::clear)));
      }
    };

    abstract void perform(Guarded<List<Integer>> guarded, List<Integer> plain, int n);
  }

  @Property
  void aGuardedValue_isWhatAPlainOneWouldBe_andFreeAfterEachAction(
      @ForAll List<Step> steps, @ForAll int first) {
    Guarded<List<Integer>> guarded = Guarded.of("list", new ArrayList<>());
    List<Integer> plain = new ArrayList<>();
    int n = first;

    for (Step step : steps) {
      step.perform(guarded, plain, n++);

      assertEquals(plain, guarded.read(List::copyOf));
      assertEquals("Guarded[\"list\", free]", guarded.toString());
    }
  }
}
