package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.longs;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.Finding;
import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.bugs.Caches.Register;
import io.github.threadfast.testkit.bugs.Caches.SessionCache;
import io.github.threadfast.testkit.bugs.Sizes.StripedSum;
import io.github.threadfast.testkit.bugs.Sizes.Sum;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Classes that are wrong by one standard and right by another. */
@Timeout(60)
class RelaxedConsistency {
  private static final Duration SHORT = Duration.ofMillis(500);

  private final Stress<Sum> stripedSum = Sizes.sum(StripedSum::new);
  private final Stress<Register> sessionCache = Caches.register(SessionCache::new);

  /** Two that add up at once may each miss what the other has seen. One sees more and more. */
  @Test
  void stripedSum_isQuiescentlyConsistentIfOneThreadAddsUp() {
    stripedSum.confined("get").budget(SHORT).assertQuiescentlyConsistent();
  }

  @Test
  void stripedSum_isNotSequentiallyConsistent() {
    fails(" is not sequentially consistent: ", stripedSum::assertSequentiallyConsistent);
  }

  @Test
  void sessionCache_isSequentiallyConsistent() {
    sessionCache.budget(SHORT).assertSequentiallyConsistent();
  }

  @Test
  void longAdder_isQuiescentlyConsistentIfOneThreadAddsUp() {
    Stress.of(LongAdder::new)
        .action("add", longs().between(-9, 9), LongAdder::add)
        .operation("sum", LongAdder::sum)
        .confined("sum")
        .budget(SHORT)
        .assertQuiescentlyConsistent();
  }

  private static void fails(String words, Runnable assertion) {
    String message = Finding.of(assertion).message();

    assertTrue(message.contains(words), message);
  }
}
