package io.github.threadfast.testkit.report;

import static io.github.threadfast.testkit.model.Result.DONE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.scenario.Call;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimelineTest {

  @Test
  void of_callsThatWaitForEachOtherInTurn_goesDownLikeAStair() {
    History<Call<Object>> history =
        Failures.history(
            List.of(),
            List.of(
                Failures.event(1, "a1", DONE, 0, 0, 0, 0),
                Failures.event(1, "a2", DONE, 0, 1, 1, 0)),
            List.of(
                Failures.event(2, "b1", DONE, 0, 1, 0, 0),
                Failures.event(2, "b2", DONE, 0, 2, 1, 0)),
            List.of());

    assertEquals(
        List.of(List.of("a1()", ""), List.of("", "b1()"), List.of("a2()", ""), List.of("", "b2()")),
        cells(history));
  }

  @Test
  void of_threadsThatNeverMeet_standSideBySide() {
    History<Call<Object>> history =
        Failures.history(
            List.of(),
            List.of(
                Failures.event(1, "a1", DONE, 0, 0, 0, 0),
                Failures.event(1, "a2", DONE, 0, 1, 0, 0)),
            List.of(Failures.event(2, "b1", DONE, 0, 0, 0, 0)),
            List.of());

    assertEquals(List.of(List.of("a1()", "b1()"), List.of("a2()", "")), cells(history));
  }

  private static List<List<String>> cells(History<Call<Object>> history) {
    return Timeline.of(history).rows().stream()
        .map(row -> row.stream().map(cell -> cell.map(Wording::call).orElse("")).toList())
        .toList();
  }
}
