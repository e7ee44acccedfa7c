package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.ThreadSafe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConcurrentMap} for what is read a thousand times for each change: configuration, routes,
 * registries, caches. To read one key takes no lock, and what concerns many is of one moment.
 *
 * <p>It answers the two keys that don't belong together, the {@code size} that was never true, the
 * loop that sees half of a {@code putAll}, and the check of one key before a change of another. For
 * a value that is read and replaced whole there is {@link Snapshot}.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/ReadMostlyMapExamples.java" region="routes"}
 *
 * {@snippet file="io/github/threadfast/examples/ReadMostlyMapExamples.java" region="atomically"}
 *
 * {@snippet file="io/github/threadfast/examples/ReadMostlyMapExamples.java" region="moment"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread, and <b>each is atomic</b>, {@code putAll}, {@code
 * removeIf}, {@code replaceAll}, {@code clear} and those of the views included: others see all that
 * it does, or nothing. What looks at many keys, such as {@code size}, {@code getAll}, {@code
 * forEach}, {@code equals}, {@code toString}, an iterator, spliterator or stream, sees the map of
 * one moment between its call and its return. An iterator goes through that moment's entries,
 * however the map changes meanwhile; its {@code remove}, and {@code setValue} of an entry, change
 * the map as it is then. For several steps as one there is {@link #atomically}.
 *
 * <p>Values are handed out to all, so that they should be immutable or thread-safe themselves. Keys
 * must not change in a way that {@code equals}, {@code hashCode} or {@code compareTo} notices: one
 * that does can hide others of the same hash code, which were compared with it. {@link
 * Builder#checkKeys} finds those whose hash code has changed.
 *
 * <p><b>Functions are run with no lock held, and may be run several times</b> before their change
 * succeeds, as for {@link java.util.concurrent.atomic.AtomicReference#updateAndGet}; but at most
 * {@value BinTable#MOST_RUNS} times, however many threads change the map, and those that are given
 * every entry, of {@code replaceAll} and {@code removeIf}, at most twice for each: after lost races
 * a writer waits for its turn, in which nobody else changes what it is about. So they should have
 * no side effects. Other than with {@link java.util.concurrent.ConcurrentHashMap}, several threads
 * may compute the value of an absent key at once, of which one is taken; to compute it once, put a
 * {@link Lazy} there.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>What a thread did before it put a value happens-before what follows any method, or function,
 * that gets this value, or a later one of the same key; what it did before it took a key out
 * happens-before what follows a method that finds the key absent for that. What is handed out of
 * several keys is ordered after all changes that it shows. What a thread did before it made the map
 * happens-before as well, if the map itself is published safely, as by a final field.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>{@code get} and the like wait for nobody. What reads many keys tries a few times without a
 * lock, and then lets writers wait while it copies what it needs. Writers wait for each other if
 * they change the same part of the map at once, and while the table is resized, or another writer
 * has its turn. All waits are uninterruptible, like {@link
 * java.util.concurrent.locks.ReentrantLock#lock}, and keep the interrupt status. Threads park in
 * {@code java.util.concurrent}, so that a virtual thread releases its carrier. Nothing is fair.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>Functions, and {@code equals}, {@code hashCode} and {@code compareTo} of keys, may use the
 * map. A function must not change directly what its own change is about: it would make itself
 * outdated, each time anew. The outer change throws an {@link IllegalStateException} and is not
 * made, though the nested ones were, once for each run. Nor may a function wait for another thread
 * that changes the map: it can't while the function has its turn. Where writers would wait in a
 * ring for each other's turn, one of them gets a {@link DeadlockException}.
 *
 * <h2 id="failures">Exceptions in functions and keys</h2>
 *
 * <p>Whatever a function, {@code equals}, {@code hashCode} or {@code compareTo} throws, checked
 * exceptions and {@code Error}s included, reaches the caller as it is; nothing has been changed,
 * and no other thread notices.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>There are no null keys and no null values, and null is not asked for: the {@link
 * NullPointerException} names the parameter, and the map is as it was. What {@code getOrDefault} is
 * given, it hands back. Functions that compute a value may return null where {@link ConcurrentMap}
 * says so.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>{@code get} takes constant time if hash codes are good. Where many are equal it takes
 * logarithmic time if the keys are {@link Comparable} to their own class, and goes through those
 * with the same hash code if not. {@code size} adds up a few counters. What goes through all
 * entries first copies their keys and values, 8 to 16 bytes for each, so that to look at the first
 * only is not cheap; so does {@code contains} of {@code values}. {@code putAll} of many entries,
 * {@code removeIf} and {@code replaceAll} make another table and share with the old one what stays
 * the same. The table grows when three quarters of its bins would be taken and shrinks when seven
 * eighths are empty, but not below what was expected; writers wait for that. An entry takes about
 * 40 bytes, as in {@link java.util.concurrent.ConcurrentHashMap}, beside its key and value; locks
 * make that a third more for sixteen.
 *
 * <h2 id="views">Views</h2>
 *
 * <p>{@link #keySet}, {@link #values} and {@link #entrySet} are views: they show the map and change
 * it. They do not support {@code add}. Their spliterators are {@link java.util.Spliterator#SIZED
 * SIZED}, {@link java.util.Spliterator#SUBSIZED SUBSIZED}, {@link java.util.Spliterator#NONNULL
 * NONNULL} and {@link java.util.Spliterator#IMMUTABLE IMMUTABLE}, and those of keys and entries are
 * {@link java.util.Spliterator#DISTINCT DISTINCT}: they go through the entries of the moment when
 * they were made. There is no order, so that the map is not a {@code SequencedMap}.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the entries, as that of any map. Messages and events name the map. The
 * flight recorder gets an event, {@code io.github.threadfast.MapFallback}, when something was done
 * with a lock after others had kept it from being done without one, and those of waits and
 * deadlocks.
 *
 * <h2 id="serialization">Serialization</h2>
 *
 * <p>It is not {@link java.io.Serializable}, since who waits is the state of one running program; a
 * {@link #snapshot} is, if its keys and values are.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@link java.util.concurrent.ConcurrentHashMap} has a {@code size} and iterators that need
 * never have been true, and bulk operations that others see half done; it runs functions with a
 * part of the map locked, once each, and forbids them to use the map. It is better where threads
 * mostly write. {@link java.util.Collections#synchronizedMap} and a read-write lock let readers
 * wait. An immutable {@code Map} in a {@link Snapshot} is as consistent and copies all entries for
 * each change.
 *
 * @param <K> the keys
 * @param <V> the values
 * @since 0.1.0
 */
@ThreadSafe
public sealed class ReadMostlyMap<K, V> extends BinTable<K, V> implements ConcurrentMap<K, V>
    permits ReadMostlyMap.Checking {

  /** Of how many bins one must change at least for all to be made anew. */
  private static final int FEW = 16;

  /** Makes an empty map without a name. */
  public ReadMostlyMap() {
    this(new Builder<>());
  }

  /**
   * Makes an empty map without a name, with room for some entries.
   *
   * @param expectedSize how many entries to make room for; the table never has less
   * @throws IllegalArgumentException if {@code expectedSize} is negative
   */
  public ReadMostlyMap(int expectedSize) {
    this(ReadMostlyMap.<K, V>builder().expectedSize(expectedSize));
  }

  /**
   * Makes a map without a name, with the entries of another one.
   *
   * @param entries what to copy
   * @throws NullPointerException if there is a null in {@code entries}
   */
  public ReadMostlyMap(Map<? extends K, ? extends V> entries) {
    this(new Builder<>());
    putAll(entries);
  }

  private ReadMostlyMap(Builder<K, V> builder) {
    super(builder.name, Bins.lengthFor(builder.expectedSize));
  }

  /**
   * Returns a builder for a map with other choices.
   *
   * @param <K> the keys
   * @param <V> the values
   * @return a builder
   */
  public static <K, V> Builder<K, V> builder() {
    return new Builder<>();
  }

  // One key

  @Override
  public @Nullable V get(Object key) {
    Node<K, V> node = find(requireNonNull(key, "key"));
    if (node != null) {
      return node.value();
    }
    checkKeys();
    return null;
  }

  @Override
  public V getOrDefault(Object key, V defaultValue) {
    V value = get(key);
    return value == null ? defaultValue : value;
  }

  @Override
  public boolean containsKey(Object key) {
    return get(key) != null;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V put(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    return change(key, false, before -> value).seen;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V putIfAbsent(K key, V value) {
    requireNonNull(value, "value");
    V there = get(key);
    return there != null
        ? there
        : change(key, true, before -> before == null ? value : before).seen;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V remove(Object key) {
    return change(asKey(key), false, before -> null).seen;
  }

  @Override
  public boolean remove(Object key, Object value) {
    requireNonNull(value, "value");
    Site<K, V> site =
        change(asKey(key), true, before -> before != null && value.equals(before) ? null : before);
    return site.seen != null && site.next() == null;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V replace(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    return change(key, true, before -> before == null ? null : value).seen;
  }

  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    requireNonNull(key, "key");
    requireNonNull(oldValue, "oldValue");
    requireNonNull(newValue, "newValue");
    boolean[] matched = {false};
    change(
        key,
        true,
        before -> {
          matched[0] = before != null && oldValue.equals(before);
          return matched[0] ? newValue : before;
        });
    return matched[0];
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> remapping) {
    requireNonNull(key, "key");
    requireNonNull(remapping, "remapping");
    return change(key, true, before -> remapping.apply(key, before)).next();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> mapping) {
    requireNonNull(mapping, "mapping");
    V there = get(key);
    return there != null
        ? there
        : change(key, true, before -> before == null ? mapping.apply(key) : before).next();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> remapping) {
    requireNonNull(key, "key");
    requireNonNull(remapping, "remapping");
    return change(key, true, before -> before == null ? null : remapping.apply(key, before)).next();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> remapping) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireNonNull(remapping, "remapping");
    return change(key, true, before -> before == null ? value : remapping.apply(before, value))
        .next();
  }

  // Several keys

  /**
   * Returns the values of several keys at one moment.
   *
   * @param keys the keys to look for
   * @return those that have a value, with it, in the order of {@code keys}; it can't be changed
   */
  public Map<K, V> getAll(Collection<? extends K> keys) {
    requireNonNull(keys, "keys");
    List<K> wanted = new ArrayList<>();
    keys.forEach(key -> wanted.add(requireNonNull(key, "a key in keys")));
    checkKeys();
    return Collections.unmodifiableMap(look(new Candidates<>(wanted)).chosen());
  }

  /**
   * Reads and changes several keys as one step. The action sees, through the transaction, the map
   * of one moment and its own changes; if nobody else has changed what it has read when it returns,
   * its changes are made, all at once; else it is run again, {@value BinTable#MOST_RUNS} times at
   * most. It should change nothing but by its transaction.
   *
   * {@snippet file="io/github/threadfast/examples/ReadMostlyMapExamples.java" region="atomically"}
   *
   * @param <X> what {@code action} may throw
   * @param action reads and changes by the transaction that it is given
   * @throws X if {@code action} throws it; nothing is changed then
   * @throws IllegalStateException if {@code action} changes, in the map itself, what it reads by
   *     its transaction; nothing is changed by the transaction then
   * @throws DeadlockException if the wait for another's turn would never end
   */
  public <X extends Exception> void atomically(
      CheckedConsumer<? super MapTransaction<K, V>, ? extends X> action) throws X {
    requireNonNull(action, "action");
    this.<@Nullable Object, X>computeAtomically(transaction -> {
      action.accept(transaction);
      return null;
    });
  }

  /**
   * Reads and changes several keys as one step, as {@link #atomically} does, and returns what the
   * function returns.
   *
   * {@snippet file="io/github/threadfast/examples/ReadMostlyMapExamples.java"
   * region="computeAtomically"}
   *
   * @param <R> the result
   * @param <X> what {@code function} may throw
   * @param function reads and changes by the transaction that it is given
   * @return what the last run of {@code function} has returned
   * @throws X if {@code function} throws it; nothing is changed then
   * @throws IllegalStateException if {@code function} changes, in the map itself, what it reads by
   *     its transaction; nothing is changed by the transaction then
   * @throws DeadlockException if the wait for another's turn would never end
   */
  @CanIgnoreReturnValue
  public <R extends @Nullable Object, X extends Exception> R computeAtomically(
      CheckedFunction<? super MapTransaction<K, V>, ? extends R, ? extends X> function) throws X {
    requireNonNull(function, "function");
    AtomicReference<R> result = new AtomicReference<>();
    this.<X>untilDone(
        MOST_RUNS,
        () -> {
          MapTransaction<K, V> transaction = new MapTransaction<>(this);
          try {
            result.setPlain(function.apply(transaction));
          } catch (Throwable e) {
            if (!transaction.isOutdated() || e instanceof VirtualMachineError) {
              throw e;
            }
            if (e instanceof InterruptedException) {
              Thread.currentThread().interrupt();
            }
          } finally {
            transaction.end();
          }
          return transaction.commit();
        });
    return result.getPlain();
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    requireNonNull(entries, "entries");
    if (entries.size() > bins().length / FEW) {
      untilDone(2, () -> putMany(entries));
    } else {
      untilDone(MOST_RUNS, () -> putFew(entries));
    }
  }

  private Outcome putMany(Map<? extends K, ? extends V> entries) {
    checkKeys();
    Draft<K, V> draft = look(Draft::of);
    int left = entries.size();
    for (Map.Entry<? extends K, ? extends V> entry : entries.entrySet()) {
      draft.put(requireKey(entry), requireValue(entry), left);
      left--;
    }
    return replace(draft.state(), draft.bins(), draft.stripes());
  }

  private Outcome putFew(Map<? extends K, ? extends V> entries) {
    Map<K, Site<K, V>> sites = new HashMap<>();
    for (Map.Entry<? extends K, ? extends V> entry : entries.entrySet()) {
      sites.computeIfAbsent(requireKey(entry), this::locate).set(requireValue(entry));
    }
    return commit(sites.values(), false);
  }

  private static <K> K requireKey(Map.Entry<? extends K, ?> entry) {
    return requireNonNull(entry.getKey(), "a key in entries");
  }

  private static <V> V requireValue(Map.Entry<?, ? extends V> entry) {
    return requireNonNull(entry.getValue(), "a value in entries");
  }

  @Override
  public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
    requireNonNull(function, "function");
    rewrite(copy ->
        copy.values(i ->
            requireNonNull(
                function.apply(copy.key(i), copy.value(i)), "a value that function returned")));
  }

  /**
   * Takes out all entries of which a condition holds, as one step.
   *
   * @param filter given a key and its value, whether to take them out. Without side effects, since
   *     it may be run twice for each entry
   * @return whether there was one
   * @throws IllegalStateException if {@code filter} changes the map whenever it is run and
   *     something is to be taken out; nothing is then
   */
  @CanIgnoreReturnValue
  public boolean removeIf(BiPredicate<? super K, ? super V> filter) {
    requireNonNull(filter, "filter");
    return rewrite(
        copy -> copy.values(i -> filter.test(copy.key(i), copy.value(i)) ? null : copy.value(i)));
  }

  /**
   * Rewrites all entries as one step; returns whether there was anything to do.
   *
   * @param rewriter returns the values that the entries shall have, or null for those to take out
   */
  @CanIgnoreReturnValue
  final boolean rewrite(Function<Copy<K, V>, @Nullable Object[]> rewriter) {
    boolean[] isDifferent = {false};
    untilDone(
        2,
        () -> {
          Copy<K, V> copy = copy();
          @Nullable Object[] next = rewriter.apply(copy);
          isDifferent[0] = !copy.has(next);
          if (!isDifferent[0]) {
            return Outcome.DONE;
          }
          @Nullable Node<K, V>[] rewritten = copy.rewritten(next);
          return rewritten == null
              ? Outcome.OUTDATED
              : replace(copy.state(), rewritten, Bins.counted(rewritten));
        });
    return isDifferent[0];
  }

  @Override
  public void clear() {
    removeAll();
  }

  @Override
  public int size() {
    return (int) Math.min(count(), Integer.MAX_VALUE);
  }

  @Override
  public boolean isEmpty() {
    return count() == 0;
  }

  @Override
  public boolean containsValue(Object value) {
    requireNonNull(value, "value");
    Copy<K, V> copy = copy();
    for (int i = 0; i < copy.size(); i++) {
      if (value.equals(copy.value(i))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void forEach(BiConsumer<? super K, ? super V> action) {
    requireNonNull(action, "action");
    copy().forEach(action);
  }

  /**
   * Returns all entries of one moment.
   *
   * @return a copy, which can't be changed. It is serializable if the keys and values are
   */
  public Map<K, V> snapshot() {
    Copy<K, V> copy = copy();
    Map<K, V> snapshot = new HashMap<>(Bins.lengthFor(copy.size()));
    for (int i = 0; i < copy.size(); i++) {
      snapshot.put(copy.key(i), copy.value(i));
    }
    return Collections.unmodifiableMap(snapshot);
  }

  @Override
  public Set<K> keySet() {
    return new MapView.Keys<>(this);
  }

  @Override
  public Collection<V> values() {
    return new MapView.Values<>(this);
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new MapView.Entries<>(this);
  }

  // As a value

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this || (other instanceof Map<?, ?> map && snapshot().equals(stateOf(map)));
  }

  private static Map<?, ?> stateOf(Map<?, ?> map) {
    return map instanceof ReadMostlyMap<?, ?> shared ? shared.snapshot() : map;
  }

  @Override
  public int hashCode() {
    return entrySet().hashCode();
  }

  @Override
  public String toString() {
    StringJoiner entries = new StringJoiner(", ", "{", "}");
    forEach((key, value) -> entries.add(shown(key) + "=" + shown(value)));
    return entries.toString();
  }

  @SuppressWarnings("ReferenceEquality") // only the map itself
  private Object shown(Object part) {
    return part == this ? "(this Map)" : part;
  }

  @SuppressWarnings("unchecked") // it is only compared with keys
  private K asKey(Object key) {
    return (K) requireNonNull(key, "key");
  }

  /** One that looks for changed keys. */
  static final class Checking<K, V> extends ReadMostlyMap<K, V> {
    private Checking(Builder<K, V> builder) {
      super(builder);
    }

    @Override
    void checkKeys() {
      requireKeysUnchanged();
    }
  }

  /**
   * The choices for a map. Not thread-safe.
   *
   * @param <K> the keys
   * @param <V> the values
   * @since 0.1.0
   */
  public static final class Builder<K, V> {
    private @Nullable String name;
    private int expectedSize;
    private boolean checksKeys;

    private Builder() {}

    /**
     * Gives it a name for messages and events.
     *
     * @param name what to call it
     * @return this
     */
    public Builder<K, V> name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    /**
     * Makes room for some entries.
     *
     * @param expectedSize how many; the table never has less
     * @return this
     * @throws IllegalArgumentException if {@code expectedSize} is negative
     */
    public Builder<K, V> expectedSize(int expectedSize) {
      if (expectedSize < 0) {
        throw new IllegalArgumentException(
            "expectedSize is %d. It must be zero or more.".formatted(expectedSize));
      }
      this.expectedSize = expectedSize;
      return this;
    }

    /**
     * Looks for keys that were changed while they were in the map, so that they can't be found any
     * more. Each look-up that finds nothing, each change and each iteration asks all keys for their
     * hash codes, and throws an {@link IllegalStateException} that names the key if one differs:
     * for tests, and to find a fault.
     *
     * {@snippet file="io/github/threadfast/examples/ReadMostlyMapExamples.java" region="checkKeys"}
     *
     * @return this
     */
    public Builder<K, V> checkKeys() {
      this.checksKeys = true;
      return this;
    }

    /**
     * Returns the map.
     *
     * @return a new one, which is empty
     */
    public ReadMostlyMap<K, V> build() {
      return checksKeys ? new Checking<>(this) : new ReadMostlyMap<>(this);
    }
  }
}
