package io.github.threadfast.testkit;

import static java.util.Objects.requireNonNull;

import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.function.Action1;
import io.github.threadfast.testkit.function.Function0;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Ready checks for what concurrent classes promise most often: each is a {@link Stress} whose
 * operations and model are known, so that its failures are as small.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="update"}
 *
 * <h2 id="settings">Settings</h2>
 *
 * <p>A check searches for two seconds. Each takes any number of settings as its last arguments,
 * which change the specification before it is run, by any method of {@link Stress} that keeps its
 * operations, such as {@link Stress#budget budget}, {@link Stress#seed seed}, {@link Stress#threads
 * threads} and {@link Stress#replay replay}:
 *
 * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="settings"}
 *
 * <h2 id="contract">What all checks have in common</h2>
 *
 * <p>Threads, memory effects, blocking and interruption are as in {@link Stress}; but {@link
 * #assertEveryItemProcessedOnce} and {@link #assertImmutableSnapshot} number the items and keep the
 * snapshots in one place for all threads, which adds an order between them. A check throws an
 * {@link AssertionFailedError} if it fails or is interrupted; a {@link TestAbortedException} if the
 * threads never ran at the same time; an {@link IllegalArgumentException} if a supplier throws or
 * returns null or one object twice, or if a setting does not return the specification that it was
 * given, changed. No argument may be null; the message of the {@link NullPointerException} names
 * it.
 *
 * @since 0.1.0
 */
public final class Checks {
  private static final List<String> KEYS = List.of("a", "b");
  private static final List<Integer> VALUES = List.of(1, 2);

  private Checks() {}

  /**
   * Asserts that every update counts: that after any number of updates by any threads, and with
   * none under way, the count has grown by exactly one for each.
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="update"}
   *
   * <p>The count is taken when all threads have ended, so that one which is exact only then, such
   * as that of a {@link java.util.concurrent.atomic.LongAdder}, passes.
   *
   * @param <S> the class under test
   * @param subject makes a new object whenever it is called
   * @param update what the threads do
   * @param count returns how much was counted
   * @param settings change the specification before it is run
   */
  @SafeVarargs
  public static <S> void assertNoLostUpdate(
      Supplier<? extends S> subject,
      Action0<? super S> update,
      ToLongFunction<? super S> count,
      UnaryOperator<Stress<?>>... settings) {
    requireNonNull(subject, "subject");
    requireNonNull(update, "update");
    requireNonNull(count, "count");
    Stress<Tally> stress =
        Stress.<Tally>of(() -> new Tally.OfSubject<S>(subject.get(), update, count))
            .action("update", Tally::update)
            .afterwards("count", Tally::count)
            .against(Tally.Model::new);
    with(stress, settings).assertLinearizable();
  }

  /**
   * Asserts that a lazy object runs its initializer once: that however many threads ask for the
   * value first, the initializer runs exactly once, and all get the value that it returned, with
   * all that it wrote into it.
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="lazy"}
   *
   * <p>If the value must be of a class of its own, let it keep what the initializer returns, and
   * let {@code get} return that.
   *
   * @param <L> the class under test
   * @param lazy makes a new lazy object around the initializer that it is given, whenever called
   * @param get returns the value, the very object that the initializer returned
   * @param settings change the specification before it is run
   */
  @SafeVarargs
  public static <L> void assertInitializedOnce(
      Function<Supplier<Object>, ? extends L> lazy,
      Function0<? super L> get,
      UnaryOperator<Stress<?>>... settings) {
    requireNonNull(lazy, "lazy");
    requireNonNull(get, "get");
    Stress<Initialization> stress =
        Stress.<Initialization>of(() -> new Initialization.OfLazy<L>(lazy, get))
            .operation("get", Initialization::get)
            .afterwards("initializations", Initialization::count)
            .against(Initialization.Model::new);
    with(stress, settings).assertLinearizable();
  }

  /**
   * Asserts that a snapshot never changes and is never torn: that what it holds is one of the
   * states that the changes lead to, and stays so while the object goes on to change.
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="snapshot"}
   *
   * <p>A snapshot's {@code equals}, {@code hashCode} and {@code toString} must say what it holds,
   * as those of collections and records do. Half of the budget goes to each of the two questions.
   *
   * @param <S> the class under test
   * @param subject makes a new object whenever it is called
   * @param change what the threads do to it
   * @param snapshot takes a snapshot of it
   * @param settings change the specification before it is run
   */
  @SafeVarargs
  public static <S> void assertImmutableSnapshot(
      Supplier<? extends S> subject,
      Action0<? super S> change,
      Function0<? super S> snapshot,
      UnaryOperator<Stress<?>>... settings) {
    requireNonNull(subject, "subject");
    requireNonNull(change, "change");
    requireNonNull(snapshot, "snapshot");
    Stress<Album<S>> kept =
        Stress.<Album<S>>of(() -> new Album<>(subject.get()))
            .action("change", album -> change.run(album.subject()))
            .operation("snapshot", album -> album.keep(snapshot.apply(album.subject())))
            .invariant("a snapshot never changes", Album::isUnchanged);
    inHalfTheTime(with(kept, settings)).assertInvariants();
    Stress<S> whole =
        Stress.<S>of(subject).action("change", change).operation("snapshot", snapshot);
    inHalfTheTime(with(whole, settings)).assertLinearizable();
  }

  private static <S> Stress<S> inHalfTheTime(Stress<S> stress) {
    return stress.budget(stress.settings().budget.dividedBy(2));
  }

  /**
   * Asserts that a map is a linearizable {@link ConcurrentMap}: that what its methods for one key
   * return can be explained by a {@link HashMap}, called by one thread after another.
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="map"}
   *
   * <p>The methods are {@code get}, {@code getOrDefault}, {@code containsKey}, {@code put}, {@code
   * putIfAbsent}, both {@code remove} and both {@code replace} for one key, {@code
   * computeIfAbsent}, {@code computeIfPresent}, {@code compute} and {@code merge}. Those that look
   * at many keys are not among them, since a {@code ConcurrentMap} need not answer them for one
   * moment: see {@link #assertWholeMapContract}. Neither are null keys and values, which it need
   * not accept.
   *
   * @param map makes a new empty map whenever it is called
   * @param settings change the specification before it is run
   */
  @SafeVarargs
  public static void assertMapContract(
      Supplier<? extends ConcurrentMap<String, Integer>> map,
      UnaryOperator<Stress<?>>... settings) {
    requireNonNull(map, "map");
    with(forOneKey(map), settings).assertLinearizable();
  }

  /**
   * Asserts that a map is linearizable as a whole: beside what {@link #assertMapContract} asserts,
   * that {@code size}, {@code isEmpty}, {@code containsValue}, {@code equals} and what is copied by
   * iteration belong to one moment, and that {@code putAll}, {@code replaceAll} and {@code clear}
   * take effect at one. A {@link java.util.concurrent.ConcurrentHashMap} promises less, and may
   * fail.
   *
   * @param map makes a new empty map whenever it is called
   * @param settings change the specification before it is run
   */
  @SafeVarargs
  public static void assertWholeMapContract(
      Supplier<? extends ConcurrentMap<String, Integer>> map,
      UnaryOperator<Stress<?>>... settings) {
    requireNonNull(map, "map");
    Stress<Map<String, Integer>> stress =
        forOneKey(map)
            .operation("size", Map::size)
            .operation("isEmpty", Map::isEmpty)
            .operation("containsValue", VALUES, Map::containsValue)
            .operation("equals {a=1, b=2}", m -> m.equals(Map.of("a", 1, "b", 2)))
            .operation("copy", Checks::copy)
            .action("putAll {a=1, b=2}", m -> m.putAll(Map.of("a", 1, "b", 2)))
            .action("replaceAll +1", m -> m.replaceAll((key, value) -> value + 1))
            .action("clear", Map::clear);
    with(stress, settings).assertLinearizable();
  }

  private static Map<String, Integer> copy(Map<String, Integer> map) {
    Map<String, Integer> copy = new TreeMap<>();
    map.forEach(copy::put);
    return copy;
  }

  private static Stress<Map<String, Integer>> forOneKey(
      Supplier<? extends ConcurrentMap<String, Integer>> map) {
    return Stress.<Map<String, Integer>>of(map)
        .operation("get", KEYS, Map::get)
        .operation("getOrDefault", KEYS, List.of(0), Map::getOrDefault)
        .operation("containsKey", KEYS, Map::containsKey)
        .operation("put", KEYS, VALUES, Map::put)
        .operation("putIfAbsent", KEYS, VALUES, Map::putIfAbsent)
        .operation("remove", KEYS, (m, key) -> m.remove(key))
        .operation("remove if", KEYS, VALUES, (m, key, value) -> m.remove(key, value))
        .operation("replace", KEYS, VALUES, (m, key, value) -> m.replace(key, value))
        .operation(
            "replace if", KEYS, VALUES, VALUES, (m, key, from, to) -> m.replace(key, from, to))
        .operation(
            "computeIfAbsent",
            KEYS,
            VALUES,
            (m, key, value) -> m.computeIfAbsent(key, absent -> value))
        .operation(
            "computeIfPresent +1 or remove",
            KEYS,
            (m, key) -> m.computeIfPresent(key, (present, value) -> moreOrNull(value)))
        .operation(
            "compute +1 or remove",
            KEYS,
            (m, key) -> m.compute(key, (k, value) -> moreOrNull(value)))
        .operation(
            "merge by sum", KEYS, VALUES, (m, key, value) -> m.merge(key, value, Integer::sum))
        .against(HashMap::new);
  }

  private static @Nullable Integer moreOrNull(@Nullable Integer value) {
    if (value == null) {
      return 1;
    }
    return value == 1 ? 2 : null;
  }

  /**
   * Asserts that every item is processed once: that when several threads have handed in items, and
   * the processor has been closed, its handler has been called exactly once for each item.
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ChecksExamples.java" region="items"}
   *
   * <p>The failure names the items that were lost and those that were processed more than once.
   * Items are handed in while the processor is open; {@code submit} must not throw. A processor is
   * made for every run; one that is not used to the end is closed, too.
   *
   * @param <P> the class under test
   * @param processor makes a new processor, and starts it, around the handler that it is given
   * @param submit hands in an item
   * @param close ends the processor, and returns when all items have been processed
   * @param settings change the specification before it is run
   */
  @SafeVarargs
  public static <P> void assertEveryItemProcessedOnce(
      Function<Consumer<Integer>, ? extends P> processor,
      Action1<? super P, Integer> submit,
      Action0<? super P> close,
      UnaryOperator<Stress<?>>... settings) {
    requireNonNull(processor, "processor");
    requireNonNull(submit, "submit");
    requireNonNull(close, "close");
    Stress<Workshop<P>> stress =
        Stress.of(() -> new Workshop<P>(processor, submit, close))
            .operation("submit", Workshop::submit)
            .afterwards("close", Workshop::close)
            .invariant("every item is processed once", Workshop::isDone)
            .closing(Workshop::closeIfOpen);
    with(stress, settings).assertInvariants();
  }

  /**
   * Returns a table of what may come of a few actions that run at once, without rows so far: the
   * same as {@link Outcomes#of}.
   *
   * @param <S> the class that the actions share
   * @param subject makes a new object whenever it is called
   * @return the table
   */
  public static <S> Outcomes<S> outcomes(Supplier<? extends S> subject) {
    return Outcomes.of(subject);
  }

  @SafeVarargs
  @SuppressWarnings({"unchecked", "ReferenceEquality"}) // it is the same specification, changed
  private static <S> Stress<S> with(Stress<S> stress, UnaryOperator<Stress<?>>... settings) {
    Stress<?> changed = stress;
    for (UnaryOperator<Stress<?>> setting : requireNonNull(settings, "settings")) {
      changed = requireNonNull(setting, "settings").apply(changed);
      if (changed == null || changed.settings().supplier != stress.settings().supplier) {
        throw new IllegalArgumentException(
            "A setting must return the specification that it was given, changed, as in"
                + " check -> check.seed(42).");
      }
    }
    return (Stress<S>) changed;
  }
}
