package io.github.threadfast.testkit.scenario;

import io.github.threadfast.testkit.model.Result;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A named thing that a thread can do to a subject.
 *
 * @param <S> the class under test
 * @param name what a report calls it
 * @param place in which part of a program it may stand
 * @param weight how often it is drawn, compared with the others
 * @param confinement the names of the operations that must all be called by one thread, this one
 *     included; empty if any thread may call it
 * @param inputs where its arguments come from
 * @param body what it does
 */
public record Operation<S>(
    String name,
    Place place,
    int weight,
    Set<String> confinement,
    List<Input> inputs,
    Body<S> body) {

  /** In which part of a program an operation may stand. */
  public enum Place {
    /** Once before all else, in every program. */
    BEFORE,
    /** Before, in, or after the threads, any number of times. */
    ANYWHERE,
    /** Once after all else, in every program. */
    AFTERWARDS
  }

  /**
   * The code of an operation.
   *
   * @param <S> the class under test
   */
  @FunctionalInterface
  public interface Body<S> {
    /** Runs on {@code subject}. */
    Result run(S subject, @Nullable Object[] arguments) throws Throwable;
  }

  /** Keeps its own copies. */
  public Operation {
    confinement = Set.copyOf(confinement);
    inputs = List.copyOf(inputs);
  }

  /** Creates an operation without arguments that may stand anywhere. */
  public Operation(String name, Body<S> body) {
    this(name, Place.ANYWHERE, 1, Set.of(), List.of(), body);
  }

  /** Returns this operation with another weight. */
  public Operation<S> withWeight(int other) {
    return new Operation<>(name, place, other, confinement, inputs, body);
  }

  /** Returns this operation, confined to one thread together with those of these names. */
  public Operation<S> confinedWith(Set<String> names) {
    return new Operation<>(name, place, weight, names, inputs, body);
  }

  /** Returns whether it is called once in every program. */
  public boolean isFixed() {
    return place != Place.ANYWHERE;
  }

  /** Returns a call with {@code arguments}. */
  public Call<S> call(Argument... arguments) {
    return new Call<>(this, List.of(arguments));
  }

  /** Returns this operation, but without effect once {@code over}. */
  public Operation<S> until(BooleanSupplier over) {
    return new Operation<>(
        name,
        place,
        weight,
        confinement,
        inputs,
        (subject, arguments) -> {
          if (over.getAsBoolean()) {
            throw new CancellationException(name + " came too late.");
          }
          return body.run(subject, arguments);
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
