package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.ThreadSafe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value for each thread, and a fold over them all.
 *
 * <p>It answers the {@link ThreadLocal} that nobody can sum up or close, and that keeps values,
 * class loaders included, in threads that live longer. A value that all threads can share needs
 * none of it: a {@link Guarded}, or an immutable one. Where threads come by the million, as virtual
 * ones may, a {@link Striped} has a fixed number of values.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/PerThreadExamples.java" region="fold"}
 *
 * {@snippet file="io/github/threadfast/examples/PerThreadExamples.java" region="with"}
 *
 * {@snippet file="io/github/threadfast/examples/PerThreadExamples.java" region="closer"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. {@code get}, {@code set}, {@code remove} and {@code
 * with} are about the value of the thread that calls. A value is used by its own thread alone,
 * unless there is a {@code fold}, a merger or a closer: each gets values of other threads. Those of
 * threads that have ended, or been joined, are safe to look at. One whose thread goes on must be
 * immutable, or thread-safe: it may be used in that very moment. With a closer, a value may be
 * closed while a {@code fold} looks at it: by its thread, by {@code close}, or, if it is
 * {@linkplain #forgetting forgotten}, because its thread has ended meanwhile.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>What a thread did before it stored a value, by {@code set}, {@code with} or its supplier,
 * happens-before what a {@code fold}, merger or closer does that gets the value. All that a thread
 * has done in its life happens-before what a merger or closer does with its value because it has
 * ended, and what a {@code fold} does that began after that. What a thread does to a mutable value
 * that it stored before is not ordered with a {@code fold} that runs meanwhile. What was done
 * before {@link #close} happens-before what follows an exception that says that it is closed.
 * {@link #toString} orders nothing.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>No method waits for a function of the caller that runs in another thread. A first use by a
 * thread, {@code fold}, {@code close} and a call after it take a lock for a moment, which none of
 * these functions holds; the wait is uninterruptible. {@code get} of a value that is there takes
 * none. A function that blocks blocks the thread that runs it, and no other: but what was left by
 * ended threads is merged or closed by whichever thread comes next, see below. An interrupt status
 * is kept. A virtual thread releases its carrier where it waits.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>A supplier must not {@code get}, {@code set} or use {@code with} on its own {@code PerThread},
 * directly or through what it calls: it would need the value that it is about to make. That throws
 * a {@link DeadlockException} at once, in place of an endless recursion. {@code remove} does
 * nothing there. Whatever else a supplier, merger, closer, fold or body calls is allowed: no lock
 * is held.
 *
 * <h2 id="failures">Exceptions in functions</h2>
 *
 * <p>Whatever a supplier throws reaches the caller of {@code get} as it is; nothing is stored, and
 * the next {@code get} tries again. What the body of a {@code with} throws reaches its caller,
 * after the previous value was restored. What the function of a {@code fold} throws reaches its
 * caller. What a closer throws reaches the caller of {@code set}, {@code remove}, {@code with} or
 * {@code close}, which has done its work all the same. {@code close} runs all closers, throws the
 * first exception, and attaches the others as suppressed.
 *
 * <p>The value of a thread that has ended is merged, or closed, by a thread that uses the {@code
 * PerThread} for the first time, or that folds: keep the function short, and let it take no lock. A
 * first use is spared what it throws: the next {@code fold} or {@code close} throws it, once, in
 * place of what it would return. Values whose merger has failed stay as they are, and each is
 * folded by itself; that is tried again when there are twice as many. A value whose closer has
 * failed is not closed again.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>Neither an argument nor a value may be null: the {@link NullPointerException} names the
 * parameter, or the {@code PerThread} whose supplier returned null. That is a failure like any
 * other. What a fold begins with and returns may be null.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>{@code get} looks into a hash table whose key is the thread, and costs about as much as {@link
 * ThreadLocal#get}; {@code set} adds a compare-and-set, {@code with} two and two small objects. A
 * first use of a thread, and {@code fold}, take a time that is proportional to the number of
 * threads, the first use only now and then, if there are many. For each thread that lives, virtual
 * threads included, there is an entry of some 100 bytes beside the value: {@code remove} drops the
 * value and not the entry. Entries of ended threads are taken out when other threads come, and by a
 * {@code fold}: there are never more than twice as many entries as there were threads alive at
 * once, or eight. Their values are kept, unless they are {@linkplain #merging merged} or
 * {@linkplain #forgetting forgotten}.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, how many threads have a value, and how many values of ended
 * threads are kept. It never shows a value.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@link ThreadLocal} is referred to by the thread. So a value lives as long as its thread, a
 * value that refers to its own {@code ThreadLocal} for ever, and in a pool of threads, a forgotten
 * {@code remove} shows one request's value to the next: {@code with} can't be forgotten. Nobody can
 * see the values of other threads, count what ended threads have left, or close them all. It does
 * what a {@code PerThread} can't: hand a value down to new threads, as {@link
 * InheritableThreadLocal}. A {@code ScopedValue} of newer JDKs is a {@code with} that can't be
 * changed inside, and is inherited by the threads of a {@code StructuredTaskScope}. For a sum, a
 * {@link java.util.concurrent.atomic.LongAdder} has a bounded number of cells.
 *
 * @param <T> the value
 * @since 0.1.0
 */
@ThreadSafe
public final class PerThread<T> extends ThreadTable<Held> implements AutoCloseable {
  /*
   * Idea. A table has an entry for each thread, which the thread finds without a lock (ThreadTable).
   * The entry has a content (Held): nothing, a value, or the innermost scope of a with. A thread
   * changes its own content, and nobody else's. Others only look, or take it out, for good: when the
   * thread has ended, or when all is closed.
   *
   * State. The contents; what ended threads have left (Ended); and closed, which says that no content
   * shall be put anywhere any more.
   *
   * Invariants.
   * (1) A content is in one place: in an entry, or among those left, or with whoever took it out,
   *     by an atomic exchange, to close it. So a value is folded once, and closed once.
   * (2) After close has passed an entry, its content is null, or is about to be taken back by its
   *     thread.
   * (3) Nobody is told that all is closed before close has passed all entries. So a thread that was
   *     told so, and whoever hears of it, gets no value any more: close is one moment for all.
   *
   * Ordering. P1: a thread puts its content, then reads closed; close writes closed, then takes the
   * contents. All of it is volatile, in one order that each thread agrees with: not both can miss
   * the other. If the thread sees closed, it takes the content back, unless close has it already.
   * P2: closed is written, and all entries passed, in one section of the lock, and whoever sees closed
   * takes the lock before it says so, which gives (3). A get doesn't read closed while its value is
   * there: it comes before the close then.
   * The lock of the table orders the rest: an entry is added, its content moved to those left, or
   * these merged, all under it, so that a fold, which collects under it, finds each once. A thread
   * that ends while a fold looks is seen in its entry, which stays until the next sweep.
   *
   * Non-invariants. A fold is no snapshot of living threads: it reads one content after another. For
   * a sum to which each thread adds one at a time, there is a moment with that sum all the same.
   *
   * Why is a scope not a flag beside the value? Whoever closes would have to read both at once, to
   * know whether the value is the caller's. Why does the thread not keep what its scopes hide on its
   * stack? Nobody could close that before the last scope has ended.
   */

  /** A String; or the Class of the supplier, if there is no name. */
  private final Object name;

  private final Supplier<? extends T> supplier;
  private final Closing<T> closing;
  private final Ended<T> ended;

  private volatile boolean closed;

  private PerThread(
      Object name, Supplier<? extends T> supplier, Closing<T> closing, Ended<T> ended) {
    super(ended::add);
    this.name = name;
    this.supplier = supplier;
    this.closing = closing;
    this.ended = ended;
  }

  /**
   * Returns values without a name. Those of ended threads are kept, so that {@link #fold} counts
   * them. Messages call it by the class that made the supplier.
   *
   * @param <T> the value
   * @param supplier makes a thread's value, in that thread
   * @return a value for each thread
   */
  public static <T> PerThread<T> of(Supplier<? extends T> supplier) {
    return PerThread.<T>builder(supplier).build();
  }

  /**
   * Returns values with a name. Those of ended threads are kept, so that {@link #fold} counts them.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param supplier makes a thread's value, in that thread
   * @return a value for each thread
   */
  public static <T> PerThread<T> of(String name, Supplier<? extends T> supplier) {
    return PerThread.<T>builder(supplier).name(name).build();
  }

  /**
   * Returns values without a name. Those of ended threads are merged into one, so that the memory
   * needed follows the number of living threads, and {@link #fold} counts them.
   *
   * @param <T> the value
   * @param supplier makes a thread's value, in that thread
   * @param merger returns one value for two: see {@link Builder#mergeEnded}
   * @return a value for each thread
   */
  public static <T> PerThread<T> merging(Supplier<? extends T> supplier, BinaryOperator<T> merger) {
    return PerThread.<T>builder(supplier).mergeEnded(merger).build();
  }

  /**
   * Returns values with a name. Those of ended threads are merged into one, so that the memory
   * needed follows the number of living threads, and {@link #fold} counts them.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param supplier makes a thread's value, in that thread
   * @param merger returns one value for two: see {@link Builder#mergeEnded}
   * @return a value for each thread
   */
  public static <T> PerThread<T> merging(
      String name, Supplier<? extends T> supplier, BinaryOperator<T> merger) {
    return PerThread.<T>builder(supplier).name(name).mergeEnded(merger).build();
  }

  /**
   * Returns values without a name. Those of ended threads are dropped, so that {@link #fold} sees
   * living threads only: for buffers and caches.
   *
   * @param <T> the value
   * @param supplier makes a thread's value, in that thread
   * @return a value for each thread
   */
  public static <T> PerThread<T> forgetting(Supplier<? extends T> supplier) {
    return PerThread.<T>builder(supplier).forgetEnded().build();
  }

  /**
   * Returns values with a name. Those of ended threads are dropped, so that {@link #fold} sees
   * living threads only: for buffers and caches.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param supplier makes a thread's value, in that thread
   * @return a value for each thread
   */
  public static <T> PerThread<T> forgetting(String name, Supplier<? extends T> supplier) {
    return PerThread.<T>builder(supplier).name(name).forgetEnded().build();
  }

  /**
   * Returns a builder for values with other choices.
   *
   * @param <T> the value
   * @param supplier makes a thread's value, in that thread, when it is first asked for, and again
   *     after it was removed, or if the supplier has thrown
   * @return a builder
   */
  public static <T> Builder<T> builder(Supplier<? extends T> supplier) {
    return new Builder<>(requireNonNull(supplier, "supplier"));
  }

  /**
   * Returns the value of this thread. If it has none, makes it.
   *
   * <p>It also throws whatever the supplier has thrown.
   *
   * @return the value
   * @throws NullPointerException if the supplier has returned null
   * @throws DeadlockException if the supplier calls this
   * @throws IllegalStateException if it is closed; if it was closed while the supplier ran, the
   *     value is closed, too
   */
  public T get() {
    Entry mine = find(Thread.currentThread()); // no Held, to spare the cast
    if (mine != null) {
      Object value = mine.value();
      if (value != null) {
        return cast(value);
      }
    }
    return make();
  }

  @SuppressWarnings("unchecked") // it was in the place of a value
  private T cast(Object value) {
    return (T) value;
  }

  private T make() {
    Held mine = mine("get");
    Object there = Scope.valueOf(mine.content());
    if (there != null) { // made by a function that what ended threads have left was given to
      return cast(there);
    }
    T made;
    mine.making = true;
    try {
      made = supplier.get(); // no lock is held
    } finally {
      mine.making = false;
    }
    if (made == null) {
      throw new NullPointerException(
          "supplier returned null for %s, which has no value for this thread. ".formatted(label())
              + "Return what stands for nothing, such as Optional.empty().");
    }
    Object before = mine.content();
    if (!put(mine, before, Scope.withValue(before, made))) {
      throw closedFor(made);
    }
    return made;
  }

  private IllegalStateException closedFor(T made) {
    IllegalStateException failure = closed();
    try {
      closing.close(made);
    } catch (Throwable thrown) {
      failure.addSuppressed(thrown);
    }
    return failure;
  }

  /**
   * Gives this thread another value, in place of the one that it has, which is closed if there is a
   * closer. The new one is closed when it leaves, unless this throws because of {@link #close}, or
   * a {@code with} around was given it. Inside a {@code with} it is the value until that ends.
   *
   * @param value the new value
   * @throws DeadlockException if the supplier calls this
   * @throws IllegalStateException if it is closed
   */
  @SuppressWarnings("ReferenceEquality") // that very instance would be closed
  public void set(T value) {
    requireNonNull(value, "value");
    Held mine = mine("set");
    Object before = mine.content();
    if (Scope.valueOf(before) == value) {
      return;
    }
    Object after = Scope.withValue(before, value);
    if (!put(mine, before, after)) {
      throw closed();
    }
    closing.drop(before, after);
  }

  /**
   * Takes the value of this thread away; it is closed if there is a closer. The next {@code get}
   * makes another. Does nothing if there is none, or if all is closed.
   */
  public void remove() {
    Held mine = find(Thread.currentThread());
    if (mine != null) {
      leave(mine, Scope.withValue(mine.content(), null));
    }
  }

  /** Puts {@code after} in the place of what there is, and drops that, unless close has it. */
  private void leave(Held mine, @Nullable Object after) {
    Object before = mine.content();
    if (before != null && mine.replace(before, after)) {
      closing.drop(before, after);
    }
  }

  /**
   * Runs {@code body} with another value for this thread, and restores the previous one, or none,
   * whatever it did or threw.
   *
   * @param <R> the result
   * @param <X> what {@code body} may throw
   * @param value the value meanwhile; it stays the caller's, and is not closed
   * @param body what to do with it
   * @return what {@code body} returned
   * @throws X if {@code body} throws it
   * @throws DeadlockException if the supplier calls this
   * @throws IllegalStateException if it is closed; {@code body} has not run then
   */
  @CanIgnoreReturnValue
  public <R extends @Nullable Object, X extends Exception> R with(
      T value, CheckedSupplier<? extends R, ? extends X> body) throws X {
    requireNonNull(body, "body");
    Inside inside = enter(value);
    try (inside) {
      return body.get(); // no lock is held
    }
  }

  /**
   * Runs {@code body} with another value for this thread, and restores the previous one, or none,
   * whatever it did or threw.
   *
   * @param <X> what {@code body} may throw
   * @param value the value meanwhile; it stays the caller's, and is not closed
   * @param body what to do with it
   * @throws X if {@code body} throws it
   * @throws DeadlockException if the supplier calls this
   * @throws IllegalStateException if it is closed; {@code body} has not run then
   */
  public <X extends Exception> void with(T value, CheckedRunnable<? extends X> body) throws X {
    requireNonNull(body, "body");
    Inside inside = enter(value);
    try (inside) {
      body.run(); // no lock is held
    }
  }

  /** Being inside of a scope. */
  private interface Inside extends AutoCloseable {
    /** Leaves it. */
    @Override
    void close();
  }

  private Inside enter(T value) {
    requireNonNull(value, "value");
    Held mine = mine("with");
    Object before = mine.content();
    if (!put(mine, before, Scope.hiding(before, value))) {
      throw closed();
    }
    return () -> leave(mine, before);
  }

  /**
   * Returns the result of applying {@code op} to all values, one after another: those of living
   * threads, and those of ended ones, unless these are {@linkplain #forgetting forgotten}; each
   * once, even if threads end, or values are merged, meanwhile. A living thread's value is what its
   * {@code get} would return, inside a {@code with} the one given there.
   *
   * <p>The values are collected first, one thread's after another's, and not all of one moment: a
   * change that is made meanwhile may be seen while an earlier one of another thread is not. Where
   * each thread only ever adds one to its own number, the sum was right at some moment during the
   * call.
   *
   * <p>It also throws what closers or mergers have thrown in threads that they had nothing to do
   * with, once.
   *
   * @param <R> the result
   * @param identity what to begin with; the result, if there are no values
   * @param op returns the next result, given the last one and a value. The value may be in use by
   *     its own thread
   * @return what {@code op} returned last
   * @throws IllegalStateException if it is closed
   */
  public <R extends @Nullable Object> R fold(
      R identity, BiFunction<? super R, ? super T, ? extends R> op) {
    requireNonNull(op, "op");
    locked(() -> {
      sweep();
      return null;
    });
    ended.tidyAndReport(this);
    R result = identity;
    for (Object content : locked(this::collect)) {
      Object value = Scope.valueOf(content);
      if (value != null) {
        result = op.apply(result, cast(value)); // no lock is held
      }
    }
    return result;
  }

  /** Returns all contents, for the holder of the lock. */
  private List<Object> collect() {
    requireOpen();
    List<Object> contents = new ArrayList<>(ended.folded());
    forEach(held -> {
      Object content = held.content();
      if (content != null) {
        contents.add(content);
      }
    });
    return contents;
  }

  /**
   * Drops all values, and closes each if there is a closer: those of living threads, which may be
   * in use, those of ended ones, and those that a {@code with} hides; but not those that were given
   * to a {@code with}. Threads that are inside one go on, without a value. Does nothing if it is
   * closed already. It is one moment for all: once a thread was refused, none gets a value any
   * more. It does not wait for closers that other threads run, in {@code close} or because a value
   * has left.
   *
   * <p>It throws what closers have thrown, and what was kept for the next {@code fold}, after all
   * is done.
   */
  @Override
  public void close() {
    List<Object> contents =
        locked(() -> {
          closed = true; // publishes P1, P2
          forEach(ended::add); // observes P1
          clear();
          return ended.takeAll();
        });
    Throwable failure = null;
    try {
      closing.closeAll(contents);
    } catch (Throwable thrown) {
      failure = thrown;
    }
    Closing.rethrow(Closing.join(ended.takeFailure(this), failure));
  }

  /** Returns the entry of this thread, and makes it if there is none. */
  private Held mine(String verb) {
    Held mine = find(Thread.currentThread());
    if (mine == null) {
      requireOpen();
      mine = add(new Held());
      ended.tidyForOthers(this);
    }
    if (mine.making) {
      throw reentered(verb);
    }
    requireOpen();
    return mine;
  }

  /**
   * Puts {@code after} in the place of {@code before}, which is not the same, and returns whether
   * that came before all was closed.
   */
  private boolean put(Held mine, @Nullable Object before, @Nullable Object after) {
    return mine.replace(before, after) // publishes P1
        && !(closed && mine.replace(after, before)); // observes P1
  }

  private void requireOpen() {
    if (closed) {
      throw closed();
    }
  }

  /** Returns what to throw, once a close that is under way has passed all entries. */
  private IllegalStateException closed() {
    locked(() -> null); // observes P2
    return new IllegalStateException(
        label() + " is closed. Close it after its last use, or make a new one.");
  }

  private DeadlockException reentered(String verb) {
    Thread me = Thread.currentThread();
    String place = Texts.placeIn(me.getStackTrace());
    return Deadlock.ofOne(
        new Making(label(), me),
        """
        %s was used again, by %s, from inside its own supplier on thread "%s"%s. \
        It would need the value that it is about to make. \
        Use it after its supplier has returned, and inside only what is already made.\
        """
            .formatted(label(), verb, Texts.nameOf(me), place == null ? "" : " at " + place));
  }

  /** The value that a thread is making, for a message. */
  private record Making(String label, Thread thread) implements WaitGraph.Resource {
    @Override
    public Collection<Thread> holders() {
      return List.of(thread);
    }

    @Override
    public String holding() {
      return "makes its value of";
    }
  }

  private String label() {
    return "PerThread " + Texts.shownName(name);
  }

  /**
   * Returns the name, how many living threads have a value, and what is left by ended ones. It
   * never waits, and never looks at a value.
   */
  @Override
  public String toString() {
    return "PerThread[" + Texts.shownName(name) + ", " + (closed ? "closed" : state()) + "]";
  }

  private String state() {
    int[] threads = {0};
    forEach(held -> {
      if (Scope.valueOf(held.content()) != null && !held.isOver()) {
        threads[0]++;
      }
    });
    return threads[0] + (threads[0] == 1 ? " thread" : " threads") + ended.state();
  }

  /**
   * The choices for values of threads. Not thread-safe.
   *
   * @param <T> the value
   * @since 0.1.0
   */
  public static final class Builder<T> {
    private final Supplier<? extends T> supplier;
    private @Nullable String name;
    private @Nullable Consumer<? super T> closer;
    private @Nullable BinaryOperator<T> merger;
    private boolean forgetEnded;

    private Builder(Supplier<? extends T> supplier) {
      this.supplier = supplier;
    }

    /**
     * Gives it a name for messages and {@code toString}.
     *
     * @param name what to call it
     * @return this
     */
    public Builder<T> name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    /**
     * Closes each value, once, when it leaves: by {@code remove}, by {@code set} to another one, at
     * the end of the {@code with} inside which it was made or set, when {@linkplain PerThread#close
     * all is closed}, and at the end of its thread if that is {@linkplain #forgetEnded forgotten}.
     * A value that was given to a {@code with} is not closed. One that several threads have is
     * closed for each of them.
     *
     * @param closer what to call with each such value, in whichever thread it leaves
     * @return this
     */
    public Builder<T> closer(Consumer<? super T> closer) {
      this.closer = requireNonNull(closer, "closer");
      return this;
    }

    /**
     * Keeps the values of ended threads, so that {@code fold} counts them, until {@code close}. So
     * it is, unless something else is chosen.
     *
     * @return this
     */
    public Builder<T> keepEnded() {
      merger = null;
      forgetEnded = false;
      return this;
    }

    /**
     * Merges the values of ended threads into one, so that {@code fold} counts them, and the memory
     * needed follows the number of living threads.
     *
     * @param merger returns one value for two, in any thread, and never in two at once. It must
     *     leave both as they are, since a {@code fold} may look at them meanwhile. The first one
     *     may be a merged one; which others come first is open
     * @return this
     */
    public Builder<T> mergeEnded(BinaryOperator<T> merger) {
      this.merger = requireNonNull(merger, "merger");
      forgetEnded = false;
      return this;
    }

    /**
     * Drops the values of ended threads, and closes them if there is a closer, so that {@code fold}
     * sees living threads only.
     *
     * @return this
     */
    public Builder<T> forgetEnded() {
      merger = null;
      forgetEnded = true;
      return this;
    }

    /**
     * Returns values of threads.
     *
     * @return a value for each thread
     * @throws IllegalStateException if a closer and {@code mergeEnded} are both chosen
     */
    public PerThread<T> build() {
      if (merger != null && closer != null) {
        throw new IllegalStateException(
            "closer and mergeEnded were both chosen: who would close the values that were merged"
                + " into one? Choose one, and let the merger close what it doesn't return.");
      }
      Object nameOrClass = name != null ? name : supplier.getClass();
      Closing<T> closing = new Closing<>(closer);
      return new PerThread<>(nameOrClass, supplier, closing, ended(nameOrClass, closing));
    }

    private Ended<T> ended(Object name, Closing<T> closing) {
      if (merger != null) {
        return new Ended.Merged<>(name, merger);
      }
      return forgetEnded ? new Ended.Forgotten<>(closing) : new Ended.Kept<>();
    }
  }
}
