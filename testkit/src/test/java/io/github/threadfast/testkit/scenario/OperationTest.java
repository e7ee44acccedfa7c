package io.github.threadfast.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.threadfast.testkit.model.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OperationTest {

  @Test
  void perform_runsTheBodyOnTheSubject() {
    Call<List<String>> add = Calls.call("add", list -> Result.returned(list.add("ada")));
    List<String> subject = new ArrayList<>();

    assertEquals(Result.returned(true), add.perform(subject));
    assertEquals(List.of("ada"), subject);
  }

  @Test
  void perform_whenTheBodyThrowsAnything_returnsItAsTheResult() {
    for (Throwable thrown : List.of(new Exception(), new StackOverflowError(), new Throwable())) {
      Call<Object> operation =
          Calls.call(
              "throw",
              subject -> {
                throw thrown;
              });

      assertEquals(Result.threw(thrown), operation.perform("subject"));
    }
  }

  @Test
  void perform_leavesNoInterruptToTheNextCall() {
    Call<Object> interrupt =
        Calls.call(
            "interrupt",
            subject -> {
              Thread.currentThread().interrupt();
              return Result.DONE;
            });

    interrupt.perform("subject");

    assertFalse(Thread.interrupted());
  }

  @Test
  void until_onceItIsOver_hasNoEffect() {
    AtomicBoolean over = new AtomicBoolean();
    List<String> subject = new ArrayList<>();
    Call<List<String>> add =
        new Operation<List<String>>("add", (list, arguments) -> Result.returned(list.add("ada")))
            .until(over::get)
            .call();

    assertEquals(Result.returned(true), add.perform(subject));
    over.set(true);
    assertEquals(Result.threw(new CancellationException()), add.perform(subject));
    assertEquals(List.of("ada"), subject);
    assertEquals("add()", add.toString());
  }

  @Test
  void toString_looksLikeACall() {
    assertEquals("size()", Calls.call("size", subject -> Result.DONE).toString());
  }
}
