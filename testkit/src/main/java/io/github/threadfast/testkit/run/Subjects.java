package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Values;
import java.util.function.Supplier;

/**
 * Makes subjects with the user's supplier, and says what is wrong with the supplier if it can't.
 *
 * @param <S> the class under test
 */
public final class Subjects<S> implements Supplier<S> {
  private final Supplier<? extends S> supplier;

  /** Wraps {@code supplier}. */
  public Subjects(Supplier<? extends S> supplier) {
    this.supplier = supplier;
  }

  /** Returns a new subject. */
  @Override
  public S get() {
    S subject;
    try {
      subject = supplier.get();
    } catch (BadInputException saysWhat) {
      throw saysWhat;
    } catch (Throwable thrown) {
      throw new BadInputException(
          "supplier threw " + thrown + ". It must make a new subject for every run.", thrown);
    }
    if (subject == null) {
      throw new BadInputException(
          "supplier returned null. It must make a new subject for every run.", null);
    }
    return subject;
  }

  /** Makes two subjects and returns one, after a look at both. */
  public S sample() {
    S first = get();
    @SuppressWarnings("ReferenceEquality") // two subjects may be equal, but not one object
    boolean shared = first == get();
    if (shared) {
      throw new BadInputException(
          "supplier returned the same %s twice. Every run needs a subject of its own: make a new one"
                  .formatted(Values.nameOf(first))
              + " inside the supplier.",
          null);
    }
    return first;
  }
}
