package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LazyProperties {

  /** How attempts end, one after another: the last one for ever. */
  enum Ending {
    VALUE,
    EXCEPTION,
    ERROR,
    NULL,
    INTERRUPTION
  }

  enum Step {
    GET,
    GET_IN_TIME,
    PEEK,
    ASK,
    SHOW,
    CLOSE
  }

  /** What a lazy value is, said in another way: a loop over the attempts. */
  private static final class Model {
    private final List<Ending> endings;
    private final boolean caching;
    private int attempts;
    private String state = "not initialized";

    Model(List<Ending> endings, boolean caching) {
      this.endings = endings;
      this.caching = caching;
    }

    Ending ending(int attempt) {
      return attempt <= endings.size() ? endings.get(attempt - 1) : Ending.VALUE;
    }

    Object get() {
      if (!state.equals("not initialized")) {
        return outcome();
      }
      Ending ending = ending(++attempts);
      switch (ending) {
        case VALUE -> state = "initialized";
        case EXCEPTION -> state = caching ? "failed with IOException" : state;
        case NULL -> state = caching ? "failed with NullPointerException" : state;
        default -> {}
      }
      return switch (ending) {
        case VALUE -> attempts;
        case EXCEPTION -> IOException.class;
        case NULL -> NullPointerException.class;
        case ERROR -> AssertionError.class;
        case INTERRUPTION -> InterruptedException.class;
      };
    }

    private Object outcome() {
      return switch (state) {
        case "initialized" -> attempts;
        case "closed" -> IllegalStateException.class;
        case "failed with IOException" -> IOException.class;
        default -> NullPointerException.class;
      };
    }

    boolean isInitialized() {
      return state.equals("initialized");
    }
  }

  @Property
  void anyUseByOneThread_isWhatTheModelSays(
      @ForAll @IntRange(max = 3) int factory,
      @ForAll List<Ending> endings,
      @ForAll List<Step> steps) {
    Model model = new Model(endings, factory == 1);
    int[] runs = {0};
    int[] closed = {0};
    Lazy<Integer> lazy = make(factory, () -> attempt(model.ending(++runs[0]), runs[0]), closed);

    for (Step step : steps) {
      switch (step) {
        case GET -> assertEquals(model.get(), outcomeOf(lazy::get));
        case GET_IN_TIME -> assertEquals(model.get(), outcomeOf(() -> lazy.get(Duration.ZERO)));
        case PEEK -> assertEquals(model.isInitialized() ? model.attempts : null, lazy.peek());
        case ASK -> assertEquals(model.isInitialized(), lazy.isInitialized());
        case SHOW -> assertEquals("Lazy[\"lazy\", " + model.state + "]", lazy.toString());
        case CLOSE -> {
          if (lazy instanceof CloseableLazy<?> closeable) {
            int before = closed[0];
            closeable.close();
            assertEquals(model.isInitialized() ? before + 1 : before, closed[0]);
            model.state = "closed";
          }
        }
      }
      assertEquals(model.attempts, runs[0]);
    }
  }

  private static Lazy<Integer> make(int factory, Supplier<Integer> initializer, int[] closed) {
    return switch (factory) {
      case 0 -> Lazy.of("lazy", initializer);
      case 1 -> Lazy.cachingFailure("lazy", initializer);
      case 2 -> Lazy.constant("lazy", initializer);
      default -> Lazy.closeable("lazy", initializer, value -> closed[0]++);
    };
  }

  private static Integer attempt(Ending ending, int attempt) {
    return switch (ending) {
      case VALUE -> attempt;
      case NULL -> null;
      case EXCEPTION -> throw OnceLazy.<RuntimeException>rethrow(new IOException());
      case ERROR -> throw new AssertionError();
      case INTERRUPTION -> throw OnceLazy.<RuntimeException>rethrow(new InterruptedException());
    };
  }

  private static Object outcomeOf(Callable<Integer> get) {
    try {
      return get.call();
    } catch (Throwable e) {
      return e.getClass();
    }
  }
}
