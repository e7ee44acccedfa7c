package io.github.threadfast.testkit.scenario;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import org.jspecify.annotations.Nullable;

/**
 * Where the values of one argument come from. Two inputs are equal if they draw from one arbitrary,
 * so that a key that is put can be the key that is looked up.
 *
 * <p>All methods must be called in a {@linkplain Jqwik session}.
 */
public final class Input {
  /** As in jqwik's own properties. */
  private static final int TRIES = 1_000;

  private static final int MAX_EDGE_CASES = 50;

  /** One value in so many is an edge case, where the arbitrary has some. */
  private static final int EDGE_CASE_EVERY = 4;

  private final Arbitrary<?> arbitrary;
  private @Nullable RandomGenerator<?> generator;
  private List<? extends Supplier<? extends Shrinkable<?>>> edgeCases = List.of();

  /** Creates an input that draws from {@code arbitrary}. */
  public Input(Arbitrary<?> arbitrary) {
    this.arbitrary = arbitrary;
  }

  /** Returns the value that belongs to {@code seed}, always the same one. */
  public Argument draw(int seed) {
    return new Argument(this, seed, List.of(), shrinkable(seed));
  }

  private Shrinkable<?> shrinkable(int seed) {
    try {
      if (generator == null) {
        generator = arbitrary.generator(TRIES);
        edgeCases = arbitrary.edgeCases(MAX_EDGE_CASES).suppliers();
      }
      return seed % EDGE_CASE_EVERY == 0 && !edgeCases.isEmpty()
          ? edgeCases.get(seed / EDGE_CASE_EVERY % edgeCases.size()).get()
          : generator.next(new Random(seed));
    } catch (RuntimeException e) {
      throw new BadInputException("An argument can't be drawn: " + e, e);
    }
  }

  /** Returns the arbitrary. */
  public Arbitrary<?> arbitrary() {
    return arbitrary;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // no two arbitraries are known to draw alike
  public boolean equals(@Nullable Object other) {
    return other instanceof Input that && arbitrary == that.arbitrary;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(arbitrary);
  }
}
