package io.github.threadfast.testkit.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Shrinkable;
import org.jspecify.annotations.Nullable;

/**
 * A value for one argument of a call, and the recipe to draw it again: the seed it was drawn with
 * and which of the smaller values was taken at each step of shrinking. Two arguments are equal if
 * they have one recipe.
 */
public final class Argument {
  /** Of each value so many smaller ones are tried: jqwik offers the smallest first. */
  private static final int MAX_CANDIDATES = 16;

  private final @Nullable Input input;
  private final int seed;
  private final List<Integer> path;
  private final Shrinkable<?> shrinkable;
  private final @Nullable Object value;
  private final int fingerprint;

  Argument(@Nullable Input input, int seed, List<Integer> path, Shrinkable<?> shrinkable) {
    this.input = input;
    this.seed = seed;
    this.path = List.copyOf(path);
    this.shrinkable = shrinkable;
    this.value = shrinkable.value();
    this.fingerprint = Values.fingerprint(value);
  }

  /** Returns an argument that was drawn elsewhere, has no recipe, and is equal to itself alone. */
  static Argument given(@Nullable Object value) {
    return new Argument(null, 0, List.of(), Shrinkable.<@Nullable Object>unshrinkable(value));
  }

  /** Returns the value, the same object each time. */
  public @Nullable Object value() {
    return value;
  }

  int seed() {
    return seed;
  }

  List<Integer> path() {
    return path;
  }

  /** Returns whether the value is not as it was when it was drawn, as far as its hash tells. */
  public boolean hasChanged() {
    return Values.fingerprint(value) != fingerprint;
  }

  /** Returns whether both are one value for a call, however they were drawn. */
  boolean isLike(Argument other) {
    return equals(other)
        || (input != null
            && input.equals(other.input)
            && fingerprint == other.fingerprint
            && Values.areEqual(value, other.value));
  }

  /** Returns some smaller ones, the smallest first. Must be called, and used up, in a session. */
  Stream<Argument> smaller() {
    List<? extends Shrinkable<?>> candidates = shrinkable.shrink().limit(MAX_CANDIDATES).toList();
    return IntStream.range(0, candidates.size()).mapToObj(i -> smaller(i, candidates.get(i)));
  }

  private Argument smaller(int index, Shrinkable<?> candidate) {
    List<Integer> longer = new ArrayList<>(path);
    longer.add(index);
    return new Argument(input, seed, longer, candidate);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Argument that
            && input != null
            && input.equals(that.input)
            && seed == that.seed
            && path.equals(that.path));
  }

  @Override
  public int hashCode() {
    return 31 * seed + path.hashCode();
  }

  @Override
  public String toString() {
    return Values.show(value);
  }
}
