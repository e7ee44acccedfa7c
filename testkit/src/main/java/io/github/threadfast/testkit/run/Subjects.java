package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes subjects with the user's supplier, closes them with the user's closer, and says what is
 * wrong with either. Belongs to one thread, but for {@link #made}.
 *
 * @param <S> the class under test
 */
public final class Subjects<S> implements Supplier<S> {
  private final Supplier<? extends S> supplier;
  private final @Nullable Action0<? super S> closer;

  /** Those to be closed. */
  private final List<S> open = new ArrayList<>();

  private volatile long made;

  /** Wraps {@code supplier} and, if subjects are to be closed, {@code closer}. */
  public Subjects(Supplier<? extends S> supplier, @Nullable Action0<? super S> closer) {
    this.supplier = supplier;
    this.closer = closer;
  }

  /** Returns a maker of other subjects, never closed, that are counted here, too. */
  public Subjects<S> alsoFrom(Supplier<? extends S> other) {
    return new Subjects<>(
        () -> {
          countOne();
          return other.get();
        },
        null);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes it
  private void countOne() {
    made++;
  }

  /** Returns a new subject. */
  @Override
  public S get() {
    countOne();
    Thread.interrupted(); // may come late, from a call on another subject
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
    if (closer != null) {
      open.add(subject);
    }
    return subject;
  }

  /** Closes all subjects made so far. */
  public void closeAll() {
    for (S subject : open) {
      close(subject);
    }
    open.clear();
  }

  private void close(S subject) {
    try {
      if (closer != null) {
        closer.run(subject);
      }
    } catch (Throwable thrown) {
      throw new BadInputException(
          "closing a %s threw %s. Catch what closing may throw."
              .formatted(Values.nameOf(subject), thrown),
          thrown);
    } finally {
      Thread.interrupted(); // as after a call
    }
  }

  /** Returns how many subjects were made so far. May be called by any thread. */
  public long made() {
    return made;
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
