package io.github.threadfast.testkit.examples;

import io.github.threadfast.testkit.OutcomeTable;
import io.github.threadfast.testkit.Outcomes;
import org.junit.jupiter.api.Test;

class OutcomesExamples {

  // @start region="volatile"
  static class StoreBuffering {
    volatile int x;
    volatile int y;
  }

  @Test
  void volatileFields_neverHideBothWrites() {
    Outcomes.of(StoreBuffering::new)
        .operation(
            "x = 1; read y",
            shared -> {
              shared.x = 1;
              return shared.y;
            })
        .operation(
            "y = 1; read x",
            shared -> {
              shared.y = 1;
              return shared.x;
            })
        .allowed("A came first", 0, 1)
        .allowed("B came first", 1, 0)
        .allowed("both wrote, then both read", 1, 1)
        .forbidden("neither saw the other's write", 0, 0)
        .assertOutcomes();
  }

  // @end

  // @start region="publication"
  static class Publication {
    int data;
    boolean ready;
  }

  @Test
  void plainFields_mayShowTheFlagBeforeTheData() {
    OutcomeTable table =
        Outcomes.of(Publication::new)
            .action(
                "data = 42; ready = true",
                shared -> {
                  shared.data = 42;
                  shared.ready = true;
                })
            .operation("if ready, read data", shared -> shared.ready ? shared.data : -1)
            .allowed("not ready", -1)
            .allowed("published", 42)
            .interesting("ready is seen before data, for want of volatile", 0)
            .check();

    System.out.println(table);
  }
  // @end
}
