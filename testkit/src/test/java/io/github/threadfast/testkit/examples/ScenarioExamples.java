package io.github.threadfast.testkit.examples;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Scenario;
import io.github.threadfast.testkit.SkippedWithItsTries;
import io.github.threadfast.testkit.Stress;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.PropagationMode;

@AddLifecycleHook(value = SkippedWithItsTries.class, propagateTo = PropagationMode.ALL_DESCENDANTS)
class ScenarioExamples {

  // @start region="property"
  @Property(tries = 20)
  void everyScenario_isLinearizable(@ForAll("scenarios") Scenario<AtomicInteger> scenario) {
    scenario.assertLinearizable();
  }

  @Provide
  Arbitrary<Scenario<AtomicInteger>> scenarios() {
    return Stress.of(AtomicInteger::new)
        .operation("addAndGet", integers().between(-9, 9), AtomicInteger::addAndGet)
        .operation("get", AtomicInteger::get)
        .scenarios();
  }
  // @end
}
