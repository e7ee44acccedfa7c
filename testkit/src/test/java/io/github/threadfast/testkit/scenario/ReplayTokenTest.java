package io.github.threadfast.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Result;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTokenTest {
  private static final List<Operation<Object>> OPERATIONS =
      List.of(
          operation("put", new Input(Arbitraries.integers()), new Input(Arbitraries.strings())),
          operation("get", new Input(Arbitraries.integers())),
          operation("size"));

  private static Operation<Object> operation(String name, Input... inputs) {
    return new Operation<>(
        name,
        Operation.Place.ANYWHERE,
        1,
        Set.of(),
        List.of(inputs),
        (subject, arguments) -> Result.DONE);
  }

  @Test
  void read_givesTheProgramThatWasWritten() {
    ProgramGenerator<Object> generator = new ProgramGenerator<>(OPERATIONS, 4, 4, 1);
    for (int i = 0; i < 100; i++) {
      Program<Object> program = generator.next();
      Program<Object> smaller = smaller(program);

      assertEquals(program, read(ReplayToken.of(program, OPERATIONS)));
      assertEquals(smaller, read(ReplayToken.of(smaller, OPERATIONS)));
    }
  }

  private static Program<Object> smaller(Program<Object> program) {
    List<Program<Object>> smaller = program.withSmallerArguments().toList();
    return smaller.isEmpty() ? program : smaller.get(smaller.size() - 1);
  }

  private static Program<Object> read(String token) {
    return Jqwik.inSession(() -> ReplayToken.read(token, OPERATIONS));
  }

  @Test
  void of_aSmallProgram_isAWordOfAFewLetters() {
    Call<Object> size = OPERATIONS.get(2).call();

    String token =
        ReplayToken.of(
            new Program<>(List.of(), List.of(List.of(size), List.of(size)), List.of()), OPERATIONS);

    assertTrue(token.matches("tf1-[\\w-]{8,16}"), token);
  }

  @Test
  void read_whatIsNoToken_isRejected() {
    BadInputException e = assertThrows(BadInputException.class, () -> read("hello"));

    assertEquals(
        "replay is no token: \"hello\". Copy it from a report; it begins with tf1-.",
        e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "A", "!", "AAAA", "\u00e4", "____", "kYsDAAIBAJG1AwCRtQMBAAEAkbUDAJMIAQ"})
  void read_anyOtherWord_isRejectedInWords(String word) {
    BadInputException e = assertThrows(BadInputException.class, () -> read("tf1-" + word));

    assertTrue(e.getMessage().startsWith("replay does not fit: "), e.getMessage());
  }

  @Test
  void read_aTokenOfOtherOperations_isRejected() {
    Call<Object> size = OPERATIONS.get(2).call();
    String token =
        ReplayToken.of(
            new Program<>(List.of(), List.of(List.of(size), List.of(size)), List.of()), OPERATIONS);

    BadInputException e =
        assertThrows(
            BadInputException.class,
            () -> Jqwik.inSession(() -> ReplayToken.read(token, OPERATIONS.subList(0, 2))));

    assertEquals(
        "replay does not fit: \"%s\" is broken, or belongs to a specification with other operations"
                .formatted(token)
            + " or arguments. Take replay out, and let the assertion search again.",
        e.getMessage());
  }
}
