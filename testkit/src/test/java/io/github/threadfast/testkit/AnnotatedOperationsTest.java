package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.annotation.Afterwards;
import io.github.threadfast.testkit.annotation.Before;
import io.github.threadfast.testkit.annotation.Invariant;
import io.github.threadfast.testkit.annotation.Operation;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Jqwik;
import io.github.threadfast.testkit.scenario.Operation.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.WithNull;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;

@Timeout(60)
class AnnotatedOperationsTest {

  @Test
  void aRace_isFound() {
    Finding finding = Finding.of(() -> Stress.of(PlainCounter.class).seed(42).assertLinearizable());

    finding.requireReport(
        """
        PlainCounter is not linearizable: no order of these calls gives these results.

          thread A    | thread B
          ------------+------------
          increment() | increment()

          afterwards: last() -> 1

        The orders that explain most of it:
          A increment(), B increment(); then last() should have returned 2 but returned 1
        """);
  }

  @SuppressWarnings("UnusedMethod") // called by reflection
  private static class PlainCounter {
    private int count;

    @Operation
    private void increment() {
      int seen = count;
      Window.open();
      count = seen + 1;
    }

    @Afterwards
    private int last() {
      return count;
    }
  }

  @Test
  void aBrokenInvariant_isFound() {
    AssertionFailedError broken =
        Finding.of(() -> Stress.of(Bounded.class).seed(1).assertInvariants()).failure();
    AssertionFailedError thrown =
        Finding.of(() -> Stress.of(BoundedByAssertion.class).seed(1).assertInvariants()).failure();

    assertTrue(
        broken.getMessage().startsWith("Bounded breaks the invariant \"1 at most\""),
        broken::getMessage);
    assertTrue(
        thrown.getMessage().startsWith("BoundedByAssertion breaks the invariant \"bounded\""),
        thrown::getMessage);
    assertEquals("too many", thrown.getCause().getMessage());
  }

  static class Bounded {
    final AtomicInteger count = new AtomicInteger();

    @Operation
    void enter() {
      if (count.get() == 0) {
        Window.open();
        count.incrementAndGet();
      }
    }

    @Invariant("1 at most")
    boolean bounded() {
      return count.get() <= 1;
    }
  }

  static class BoundedByAssertion {
    final Bounded bounded = new Bounded();

    @Operation
    void enter() {
      bounded.enter();
    }

    @Invariant
    void bounded() {
      if (!bounded.bounded()) {
        throw new AssertionError("too many");
      }
    }
  }

  @Test
  void aSpecification_isReadWhole() {
    List<io.github.threadfast.testkit.scenario.Operation<Whole>> operations =
        Stress.of(Whole.class).settings().operations;

    assertEquals(
        List.of("fill", "add", "get", "take out", "last"),
        operations.stream().map(o -> o.name()).toList());
    assertEquals(
        List.of(Place.BEFORE, Place.ANYWHERE, Place.ANYWHERE, Place.ANYWHERE, Place.AFTERWARDS),
        operations.stream().map(o -> o.place()).toList());
    assertEquals(List.of(1, 7, 1, 1, 1), operations.stream().map(o -> o.weight()).toList());
    assertEquals(
        List.of(Set.of(), Set.of("add", "take out"), Set.of(), Set.of("add", "take out"), Set.of()),
        operations.stream().map(o -> o.confinement()).toList());
    assertEquals(List.of(0, 3, 1, 0, 0), operations.stream().map(o -> o.inputs().size()).toList());
  }

  @Test
  void aSpecification_runs() {
    Stress.of(Whole.class).budget(Duration.ofMillis(300)).assertLinearizable();
  }

  static class Base {
    final Set<Integer> numbers = ConcurrentHashMap.newKeySet();

    @Before
    int fill() {
      numbers.add(1);
      return 5;
    }

    @Operation(weight = 7, confinedTo = "writer")
    protected boolean add(@ForAll("few") int a, @ForAll("static few") int b, @ForAll("few") int c) {
      return numbers.add(a % 3);
    }

    @Operation("inherited, but overridden without the annotation")
    void overridden() {}
  }

  static class Whole extends Base {

    @Operation
    boolean get(@ForAll("few") int number) {
      return numbers.contains(number);
    }

    @Operation(value = "take out", confinedTo = "writer")
    boolean take() {
      return numbers.remove(1);
    }

    @Override
    void overridden() {
      throw new IllegalStateException();
    }

    @Afterwards
    Set<Integer> last() {
      return new TreeSet<>(numbers);
    }

    @Provide
    Arbitrary<Integer> few() {
      return Arbitraries.integers().between(0, 2);
    }

    @Provide("static few")
    @SuppressWarnings("UnusedMethod") // called by reflection
    private static Arbitrary<Integer> other() {
      return Arbitraries.integers().between(0, 2);
    }
  }

  @Test
  void parametersThatAreDeclaredAlike_drawFromOneInput() {
    var operations = Stress.of(Whole.class).settings().operations;

    assertEquals(operations.get(1).inputs().get(0), operations.get(2).inputs().get(0));
    assertEquals(operations.get(1).inputs().get(0), operations.get(1).inputs().get(2));
  }

  @Test
  void constraints_areHonored() {
    var operation = Stress.of(Constrained.class).settings().operations.get(0);

    for (int seed = 0; seed < 200; seed++) {
      int number = (int) draw(operation, 0, seed);
      String text = (String) draw(operation, 1, seed);
      assertTrue(number >= 3 && number <= 5, "drew " + number);
      assertTrue(text.matches("[a-zA-Z]{2}"), "drew " + text);
    }
  }

  private static Object draw(
      io.github.threadfast.testkit.scenario.Operation<?> operation, int parameter, int seed) {
    return Jqwik.inSession(() -> operation.inputs().get(parameter).draw(seed).value());
  }

  static class Constrained {
    @Operation
    void accept(
        @ForAll @IntRange(min = 3, max = 5) int number,
        @ForAll @AlphaChars @StringLength(2) String text) {}
  }

  @Test
  void exceptions_areUnwrapped() {
    var operation = Stress.of(Throwing.class).settings().operations.get(0);

    Result.Threw threw =
        assertInstanceOf(Result.Threw.class, operation.call().perform(new Throwing()));
    assertEquals(IOException.class, threw.exception().getClass());
  }

  static class Throwing {
    @Operation
    int fail() throws IOException {
      throw new IOException("broken");
    }
  }

  @Test
  void aConstructorThatThrows_isRejectedWhenRun() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, Stress.of(Broken.class)::assertLinearizable);

    assertEquals(
        "The constructor of Broken threw java.io.IOException: no. It must make a new object for every"
            + " run.",
        e.getMessage());
  }

  static class Broken {
    Broken() throws IOException {
      throw new IOException("no");
    }

    @Operation
    int get() {
      return 1;
    }
  }

  static Stream<Arguments> unfit() {
    return Stream.of(
        Arguments.of(
            Runnable.class,
            "Runnable is abstract: every run needs an object of it. Give a class that can be made."),
        Arguments.of(
            Abstract.class,
            "Abstract is abstract: every run needs an object of it. Give a class that can be made."),
        Arguments.of(
            Inner.class,
            "Inner is an inner class: every run needs an object of it. Make it static."),
        Arguments.of(
            WithParameter.class, "WithParameter has no constructor without parameters: add one."),
        Arguments.of(
            NoOperations.class,
            "NoOperations has no operations: annotate what threads do with @Operation."),
        Arguments.of(
            FourArguments.class, "FourArguments.put has 4 parameters: an operation has 3 at most."),
        Arguments.of(
            Overloaded.class,
            "Overloaded has two operations named \"put\": give one another name, as in"
                + " @Operation(\"…\")."),
        Arguments.of(
            Static.class,
            "Static.put is static: it must belong to the object that the threads share."),
        Arguments.of(Weightless.class, "weight must be from 1 to 1000: was 0."),
        Arguments.of(
            NoForAll.class,
            "NoForAll.put: parameter value has no @ForAll: add it, so that values are drawn."),
        Arguments.of(
            NoProvider.class,
            "NoProvider.put: parameter value is drawn by \"values\", but NoProvider has no @Provide"
                + " method of that name: add it."),
        Arguments.of(
            WrongProvider.class,
            "WrongProvider.values can't provide values: it must have no parameters, and return an"
                + " Arbitrary."),
        Arguments.of(
            NullProvider.class, "NullProvider.values returned null: it must return an Arbitrary."),
        Arguments.of(
            BrokenProvider.class,
            "BrokenProvider.values threw java.lang.IllegalStateException: no: it must return an"
                + " Arbitrary."),
        Arguments.of(
            NoValues.class,
            "NoValues.put: parameter value is a Thread, for which jqwik has no values: name a"
                + " @Provide method, as in @ForAll(\"…\")."),
        Arguments.of(
            BySupplier.class,
            "BySupplier.put: parameter value names a supplier: name a @Provide method instead."),
        Arguments.of(
            Sized.class,
            "Sized.put: parameter value has a constraint that can't be honored here, @Size: use a"
                + " @Provide method."),
        Arguments.of(
            Nullable.class,
            "Nullable.put: parameter value has a constraint that can't be honored here, @WithNull:"
                + " use a @Provide method."),
        Arguments.of(
            Misplaced.class,
            "Misplaced.put: parameter value has a constraint that can't be honored here, @IntRange:"
                + " use a @Provide method."),
        Arguments.of(
            ConstrainedInside.class,
            "ConstrainedInside.put: parameter value has a constraint inside its type, which can't be"
                + " honored here: use a @Provide method."),
        Arguments.of(
            InvariantOfInt.class,
            "InvariantOfInt.holds returns int: an invariant returns boolean, or void and throws if it"
                + " is not true."),
        Arguments.of(
            BeforeWithParameter.class,
            "BeforeWithParameter.fill has parameters: only the parameters of an @Operation can be"
                + " drawn."));
  }

  @ParameterizedTest
  @MethodSource("unfit")
  void anUnfitClass_isRejectedAtOnce(Class<?> type, String message) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> Stress.of(type)).getMessage());
  }

  abstract static class Abstract {
    @Operation
    abstract int get();
  }

  @SuppressWarnings("ClassCanBeStatic") // that is what is wrong with it
  class Inner {
    @Operation
    int get() {
      return 1;
    }
  }

  static class WithParameter {
    WithParameter(int parameter) {}

    @Operation
    int get() {
      return 1;
    }
  }

  static class NoOperations {}

  static class FourArguments {
    @Operation
    void put(@ForAll int a, @ForAll int b, @ForAll int c, @ForAll int d) {}
  }

  static class Overloaded {
    @Operation
    void put(@ForAll int a) {}

    @Operation
    void put(@ForAll String a) {}
  }

  static class Static {
    @Operation
    static void put() {}
  }

  static class Weightless {
    @Operation(weight = 0)
    void put() {}
  }

  static class NoForAll {
    @Operation
    void put(int value) {}
  }

  static class NoProvider {
    @Operation
    void put(@ForAll("values") int value) {}

    Arbitrary<Integer> values() {
      return Arbitraries.integers();
    }
  }

  static class WrongProvider {
    @Operation
    void put(@ForAll("values") int value) {}

    @Provide
    Arbitrary<Integer> values(int parameter) {
      return Arbitraries.integers();
    }
  }

  static class NullProvider {
    @Operation
    void put(@ForAll("values") int value) {}

    @Provide
    Arbitrary<Integer> values() {
      return null;
    }
  }

  static class BrokenProvider {
    @Operation
    void put(@ForAll("values") int value) {}

    @Provide
    Arbitrary<Integer> values() {
      throw new IllegalStateException("no");
    }
  }

  static class NoValues {
    @Operation
    void put(@ForAll Thread value) {}
  }

  static class BySupplier {
    @Operation
    void put(@ForAll(supplier = Integers.class) int value) {}

    static class Integers implements ArbitrarySupplier<Integer> {
      @Override
      public Arbitrary<Integer> get() {
        return Arbitraries.integers();
      }
    }
  }

  static class Sized {
    @Operation
    void put(@ForAll @Size(3) List<Integer> value) {}
  }

  static class Nullable {
    @Operation
    void put(@ForAll @WithNull String value) {}
  }

  static class Misplaced {
    @Operation
    void put(@ForAll @IntRange(max = 3) String value) {}
  }

  static class ConstrainedInside {
    @Operation
    void put(@ForAll List<@IntRange(max = 3) Integer> value) {}
  }

  static class InvariantOfInt {
    @Operation
    void put() {}

    @Invariant
    int holds() {
      return 1;
    }
  }

  static class BeforeWithParameter {
    @Operation
    void put() {}

    @Before
    void fill(@ForAll int value) {}
  }

  @Test
  void objects_areNewForEveryRun() {
    Stress<Counted> stress = Stress.of(Counted.class).budget(Duration.ofMillis(50));

    stress.assertLinearizable();

    assertTrue(Counted.MADE.get() > 1);
    assertEquals(
        0,
        IntStream.range(0, 10)
            .mapToObj(i -> stress.settings().supplier.get())
            .filter(c -> c.used)
            .count());
  }

  static class Counted {
    static final AtomicInteger MADE = new AtomicInteger();
    volatile boolean used;

    Counted() {
      MADE.incrementAndGet();
    }

    @Operation
    boolean use() {
      used = true;
      return true;
    }
  }
}
