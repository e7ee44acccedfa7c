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
    Operation<List<String>> add = new Operation<>("add", list -> Result.returned(list.add("ada")));
    List<String> subject = new ArrayList<>();

    assertEquals(Result.returned(true), add.perform(subject));
    assertEquals(List.of("ada"), subject);
  }

  @Test
  void perform_whenTheBodyThrowsAnything_returnsItAsTheResult() {
    for (Throwable thrown : List.of(new Exception(), new StackOverflowError(), new Throwable())) {
      Operation<Object> operation =
          new Operation<>(
              "throw",
              subject -> {
                throw thrown;
              });

      assertEquals(Result.threw(thrown), operation.perform("subject"));
    }
  }

  @Test
  void perform_leavesNoInterruptToTheNextCall() {
    Operation<Object> interrupt =
        new Operation<>(
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
    Operation<List<String>> add =
        new Operation<List<String>>("add", list -> Result.returned(list.add("ada")))
            .until(over::get);

    assertEquals(Result.returned(true), add.perform(subject));
    over.set(true);
    assertEquals(Result.threw(new CancellationException()), add.perform(subject));
    assertEquals(List.of("ada"), subject);
    assertEquals("add()", add.toString());
  }

  @Test
  void toString_looksLikeACall() {
    assertEquals("size()", new Operation<>("size", subject -> Result.DONE).toString());
  }
}
