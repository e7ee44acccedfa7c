package io.github.threadfast;

import static java.util.Arrays.stream;
import static java.util.stream.Collectors.joining;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A view that computes something. */
final class DerivedView<T> extends View<T> {
  /*
   * Idea. The last result is kept, as a lazy value, with the versions that it belongs to. Whoever
   * finds that these are not the current ones puts another in its place, which has nothing to
   * compute yet; whoever then asks that one first computes it, and the others wait for that.
   *
   * Invariants.
   * (1) The versions of latest only grow. So there is one Derivation for each moment, and what
   *     belongs to it is computed once: by the Derivation, even when it is no longer the latest.
   * (2) The versions of a Derivation were current at once: those of a Moment. Its inputs are the
   *     Derivations, of the views below, for the same moment. They are found before it is made; if
   *     one of the views below has gone on, none is made, and the caller looks at the time again.
   *
   * Why one look at each version is enough to return what is there. The versions were current at
   * once before latest was read. Each that is found now was there all the time since; so when the
   * first of them was looked at, all were.
   *
   * Ordering. latest is published by compare-and-set and acquired, for the sake of the Derivation's
   * fields. Revisions are read by volatile reads. The value is ordered by its OnceLazy.
   */

  private final Snapshot<?>[] sources;

  /** Returns what computes the value of a moment, or null if it is too late for that. */
  private final Function<Moment, @Nullable Supplier<? extends T>> formula;

  private @Nullable Derivation<T> latest;

  /** The sources are not copied: nobody changes such arrays. */
  DerivedView(Snapshot<?>[] sources, Function<Moment, @Nullable Supplier<? extends T>> formula) {
    this.sources = sources;
    this.formula = formula;
  }

  @Override
  public T get() {
    Derivation<T> found = latest();
    if (found == null || !found.isPresent()) {
      do {
        found = at(Moment.of(sources));
      } while (found == null); // a later one was asked for meanwhile
    }
    return found.get();
  }

  @SuppressWarnings("unchecked") // nothing else is put there
  private @Nullable Derivation<T> latest() {
    return (Derivation<T>) LATEST.getAcquire(this);
  }

  @Override
  @Nullable Derivation<T> at(Moment moment) {
    Derivation<T> last = latest();
    while (last == null || last.isBefore(moment)) {
      Supplier<? extends T> initializer = formula.apply(moment);
      if (initializer == null) {
        return null;
      }
      Derivation<T> next = new Derivation<>(this, moment, initializer);
      if (LATEST.compareAndSet(this, last, next)) {
        return next;
      }
      last = latest();
    }
    return last.isOf(moment) ? last : null;
  }

  @Override
  Snapshot<?>[] sources() {
    return sources;
  }

  @Override
  String label() {
    return "View of " + stream(sources).map(Snapshot::label).collect(joining(" and "));
  }

  /** Returns whose view it is. It never computes anything. */
  @Override
  public String toString() {
    return "View[" + stream(sources).map(Snapshot::label).collect(joining(" and ")) + "]";
  }

  /** What belongs to one moment. */
  static final class Derivation<T> extends CachingLazy<T> {
    private final DerivedView<T> view;
    private final long[] versions;

    Derivation(DerivedView<T> view, Moment moment, Supplier<? extends T> initializer) {
      super(null, initializer);
      this.view = view;
      this.versions =
          stream(view.sources).mapToLong(source -> moment.of(source).version()).toArray();
    }

    boolean isPresent() {
      for (int i = 0; i < versions.length; i++) {
        if (view.sources[i].current().version() != versions[i]) {
          return false;
        }
      }
      return true;
    }

    boolean isOf(Moment moment) {
      for (int i = 0; i < versions.length; i++) {
        if (versions[i] != moment.of(view.sources[i]).version()) {
          return false;
        }
      }
      return true;
    }

    boolean isBefore(Moment moment) {
      for (int i = 0; i < versions.length; i++) {
        if (versions[i] < moment.of(view.sources[i]).version()) {
          return true;
        }
      }
      return false;
    }

    @Override
    public String label() {
      return view.label();
    }
  }

  private static final VarHandle LATEST;

  static {
    try {
      LATEST = MethodHandles.lookup().findVarHandle(DerivedView.class, "latest", Derivation.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
