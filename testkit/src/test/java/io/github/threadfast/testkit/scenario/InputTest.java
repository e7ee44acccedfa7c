package io.github.threadfast.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.TooManyFilterMissesException;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What Threadfast relies on in jqwik, outside its engine: a contract to try with each version. */
@Timeout(60)
class InputTest {
  private static final Arbitrary<Integer> INTEGERS = Arbitraries.integers();

  static Stream<Arguments> arbitraries() {
    return Stream.of(
        Arguments.of("integers", INTEGERS),
        Arguments.of("strings", Arbitraries.strings()),
        Arguments.of("of", Arbitraries.of("a", "b", "c")),
        Arguments.of("lists", INTEGERS.list()),
        Arguments.of(
            "maps", Arbitraries.maps(Arbitraries.strings().alpha(), INTEGERS).ofMaxSize(3)),
        Arguments.of("combined", Combinators.combine(INTEGERS, INTEGERS).as(List::of)),
        Arguments.of("flat-mapped", INTEGERS.flatMap(n -> Arbitraries.of(n, 0))),
        Arguments.of("one of", Arbitraries.oneOf(INTEGERS, Arbitraries.just(7))),
        Arguments.of("filtered", INTEGERS.filter(n -> n % 2 == 0)),
        Arguments.of("lazy", Arbitraries.lazy(() -> INTEGERS)),
        Arguments.of("optional", INTEGERS.optional()),
        Arguments.of("nullable", INTEGERS.injectNull(0.5)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("arbitraries")
  void draw_givesTheSameValueForTheSameSeed(String name, Arbitrary<?> arbitrary) {
    Input input = new Input(arbitrary);
    Input other = new Input(arbitrary);

    List<Object> values = values(input, 200);

    assertEquals(values, values(input, 200));
    assertEquals(values, values(other, 200));
    assertTrue(Set.copyOf(values.stream().map(Optional::ofNullable).toList()).size() > 1);
  }

  private static List<Object> values(Input input, int count) {
    return Jqwik.inSession(() ->
        IntStream.range(0, count)
            .mapToObj(seed -> input.draw(seed).value())
            .collect(Collectors.toCollection(ArrayList::new)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("arbitraries")
  void smaller_inALaterSession_leadsToTheSameValuesByTheSamePath(
      String name, Arbitrary<?> arbitrary) {
    Input input = new Input(arbitrary);
    int seed = 5;
    Argument first = Jqwik.inSession(() -> input.draw(seed));

    Argument smallest = shrunk(first);
    Argument again = first;
    for (int step : smallest.path()) {
      Argument larger = again;
      again = Jqwik.inSession(() -> larger.smaller().toList()).get(step);
    }

    assertEquals(smallest, again);
    assertTrue(Objects.deepEquals(smallest.value(), again.value()));
  }

  /** Takes the first smaller value again and again. */
  private static Argument shrunk(Argument argument) {
    Argument smallest = argument;
    for (int step = 0; step < 50; step++) {
      Argument larger = smallest;
      List<Argument> smaller = Jqwik.inSession(() -> larger.smaller().toList());
      if (smaller.isEmpty()) {
        break;
      }
      smallest = smaller.get(0);
    }
    return smallest;
  }

  @Test
  void smaller_ofANumber_offersItsSimplestValue() {
    Input input = new Input(Arbitraries.integers().between(3, 1_000));

    Argument argument = Jqwik.inSession(() -> input.draw(1));

    assertNotEquals(3, argument.value());
    assertEquals(3, shrunk(argument).value());
  }

  @Test
  void draw_givesEdgeCasesOften() {
    List<Object> values = values(new Input(INTEGERS), 400);

    assertTrue(values.contains(Integer.MAX_VALUE));
    assertTrue(values.contains(Integer.MIN_VALUE));
    assertTrue(values.contains(0));
  }

  @Test
  void draw_worksInManyThreadsAtOnce() throws Exception {
    Input input = new Input(INTEGERS.list());
    List<Object> expected = values(input, 100);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<List<Object>>> draws = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        draws.add(() -> values(new Input(INTEGERS.list()), 100));
      }
      for (Future<List<Object>> drawn : threads.invokeAll(draws)) {
        assertEquals(expected, drawn.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void draw_whenTheArbitraryThrows_saysSo() {
    Input hopeless = new Input(INTEGERS.filter(10, n -> false));

    BadInputException e =
        assertThrows(BadInputException.class, () -> Jqwik.inSession(() -> hopeless.draw(1)));

    assertTrue(e.getMessage().startsWith("An argument can't be drawn: "), e.getMessage());
    assertEquals(TooManyFilterMissesException.class, e.getCause().getClass());
  }

  @Test
  void inSession_leavesNoSessionOpen() {
    assertThrows(
        IllegalStateException.class,
        () ->
            Jqwik.inSession(() -> {
              throw new IllegalStateException();
            }));

    assertFalse(JqwikSession.isActive());
    assertEquals(1, Jqwik.inSession(() -> Jqwik.inSession(() -> 1)));
    assertFalse(JqwikSession.isActive());
  }

  @Test
  void hasChanged_tellsWhetherAMutableValueDid() {
    Input lists = new Input(INTEGERS.list().ofMinSize(1).map(ArrayList::new));
    Argument argument = Jqwik.inSession(() -> lists.draw(1));

    assertFalse(argument.hasChanged());
    ((List<?>) argument.value()).clear();
    assertTrue(argument.hasChanged());
  }

  @Test
  void withSmallerArguments_makesEqualValuesSmallerTogetherHoweverTheyWereDrawn() {
    Input digits = new Input(Arbitraries.integers().between(0, 9));
    Argument one = Jqwik.inSession(() -> digits.draw(1));
    Argument same =
        Jqwik.inSession(() ->
            IntStream.range(2, 1_000)
                .mapToObj(digits::draw)
                .filter(other -> other.value().equals(one.value()))
                .findFirst()
                .orElseThrow());
    Operation<Object> put =
        new Operation<>(
            "put",
            Operation.Place.ANYWHERE,
            1,
            Set.of(),
            List.of(digits),
            (subject, arguments) -> Result.DONE);
    assertNotEquals(one, same);

    Program<Object> smaller =
        new Program<>(
                List.of(), List.of(List.of(put.call(one)), List.of(put.call(same))), List.of())
            .withSmallerArguments()
            .findFirst()
            .orElseThrow();

    List<Object> values =
        smaller.inSequence().stream().map(call -> call.arguments().get(0).value()).toList();
    assertEquals(values.get(0), values.get(1));
    assertNotEquals(one.value(), values.get(0));
  }

  @Test
  void equals_comparesRecipes() {
    Input input = new Input(INTEGERS);
    Map<String, Argument> arguments =
        Jqwik.inSession(() ->
            Map.of(
                "one", input.draw(1),
                "same", new Input(INTEGERS).draw(1),
                "other seed", input.draw(2),
                "other arbitrary", new Input(Arbitraries.integers()).draw(1)));

    assertEquals(arguments.get("one"), arguments.get("same"));
    assertEquals(arguments.get("one").hashCode(), arguments.get("same").hashCode());
    assertNotEquals(arguments.get("one"), arguments.get("other seed"));
    assertNotEquals(arguments.get("one"), arguments.get("other arbitrary"));
    assertNotEquals(Argument.given(1), Argument.given(1));
  }
}
