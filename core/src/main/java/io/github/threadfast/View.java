package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is derived from {@link Snapshot}s: computed when it is asked for, and once for each version.
 *
 * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="view"}
 *
 * <p>Made by {@link #view}, from a snapshot or from another view, and by {@link Snapshot#combine},
 * from two of these. What is combined is of one moment: two views of one snapshot show the same
 * version of it, and the values of two snapshots were both there at once.
 *
 * <p>A {@link Snapshot} is the view of itself, for which nothing is computed.
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. Whatever was computed is handed out to all, and must
 * be immutable or thread-safe. What a thread did before it published a version happens-before what
 * follows a {@code get} that returns what was derived from that version or a later one; so does all
 * that the derivation did.
 *
 * <h2 id="blocking">Blocking</h2>
 *
 * <p>{@link #get} does not wait for anybody who changes a snapshot, though it looks again if one
 * was changed while it looked at several. It waits for another thread that computes what it wants,
 * uninterruptibly, as {@link Lazy#get()} does; if that would never end, it throws a {@link
 * DeadlockException}. A derivation may use other primitives; one that asks for what it computes
 * gets a {@code DeadlockException}, too.
 *
 * <h2 id="failures">Exceptions in derivations</h2>
 *
 * <p>What a derivation throws reaches all who ask, as it is, until there is another version: it is
 * not run again for the same one, unless it failed by an {@link Error}, or because of its thread,
 * as {@link Lazy#cachingFailure(Supplier)} tells. The next version is computed anew. A derivation
 * that returns null has failed.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>{@code get} looks at the version of each snapshot below, and returns what is there. A view
 * that nobody asks costs nothing when a snapshot changes. It keeps the last result. A snapshot does
 * not know its views: one that is no longer used is collected.
 *
 * @param <T> what is derived
 * @since 0.1.0
 */
@ThreadSafe
public abstract sealed class View<T> implements Supplier<T> permits Snapshot, DerivedView {

  View() {}

  /**
   * Returns what belongs to the current version. If it hasn't been computed, computes it, or waits
   * for the thread that computes it.
   *
   * <p>It also throws whatever the derivation has thrown for this version.
   *
   * @return what belongs to a version that was current during the call
   * @throws DeadlockException if the derivation calls this, or if the wait would never end
   * @throws NullPointerException if the derivation has returned null
   */
  @Override
  public abstract T get();

  /**
   * Returns a view of what {@code derivation} makes of this.
   *
   * @param <R> what is derived
   * @param derivation computes it; called once at most for each version, by a thread that asks for
   *     it, with no lock held
   * @return a view, which has computed nothing yet
   */
  public final <R> View<R> view(Function<? super T, ? extends R> derivation) {
    requireNonNull(derivation, "derivation");
    return new DerivedView<>(
        sources(),
        moment -> {
          Supplier<? extends T> input = at(moment);
          return input == null ? null : () -> derivation.apply(input.get());
        });
  }

  /** Returns the snapshots that this comes from. */
  abstract Snapshot<?>[] sources();

  /**
   * Returns what belongs to a moment, which may have to be computed yet; or null if it is too late
   * to ask for that.
   */
  abstract @Nullable Supplier<? extends T> at(Moment moment);

  /** Returns what it is, for messages. */
  abstract String label();
}
