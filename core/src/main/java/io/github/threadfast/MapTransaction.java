package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a function sees of a {@link ReadMostlyMap}, and changes in it, as one step: see {@link
 * ReadMostlyMap#atomically}.
 *
 * <p>All that it reads is of one moment, and then there is what it has written itself. Others see
 * nothing of that before the function has returned, and then all of it at once. Of keys that it
 * does not name, it knows nothing.
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>It belongs to the thread that runs the function, until the function has returned or thrown:
 * any other use throws an {@link IllegalStateException}.
 *
 * <h2 id="blocking">Blocking</h2>
 *
 * <p>It holds no lock. It may wait for a moment while another thread changes the map.
 *
 * <h2 id="conflicts">Conflicts</h2>
 *
 * <p>If another thread changes what the function has read, before it has read all that it wants,
 * the next method throws an exception, which should be let through: the function is run again.
 * Should it be caught, all methods go on throwing it, and the function is run again anyway.
 *
 * @param <K> the keys
 * @param <V> the values
 * @since 0.1.0
 */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
public final class MapTransaction<K, V> {
  /*
   * Invariant. If it is not outdated, the sites that were found are what the map had at one moment:
   * the one when the last of them was found. That is so since the stamps of all their stripes were
   * taken before they were found, and have been valid after that. If one is not valid any more, each
   * site is compared with what is there now, while nobody can change it: by identity, which proves that
   * it is the same entry with the same value, whether or not it had another one meanwhile. If only
   * other keys have changed in its bin, it is found anew. So a thread that has its turn is never
   * outdated but by itself.
   */

  private static final int LOOKS = 3;

  private final BinTable<K, V> table;
  private final Thread thread = Thread.currentThread();
  private final Map<Object, Site<K, V>> sites = new HashMap<>();
  private @Nullable Node<K, V>[] bins;
  private Stripe[] stripes;

  /** Of stripes; 0 for those that nothing was found in. */
  private long[] stamps;

  private boolean isOutdated;
  private boolean isOver;

  MapTransaction(BinTable<K, V> table) {
    this.table = table;
    this.stripes = table.stripes();
    this.bins = table.bins();
    this.stamps = new long[stripes.length];
  }

  /**
   * Returns the value of a key.
   *
   * @param key a key
   * @return the value, or null if there is none
   */
  public @Nullable V get(K key) {
    return site(key).next();
  }

  /**
   * Returns the value of a key, or another one.
   *
   * @param key a key
   * @param defaultValue the other one
   * @return the value, or {@code defaultValue} if there is none
   */
  public V getOrDefault(K key, V defaultValue) {
    requireNonNull(defaultValue, "defaultValue");
    V value = get(key);
    return value == null ? defaultValue : value;
  }

  /**
   * Returns whether a key has a value.
   *
   * @param key a key
   * @return whether there is one
   */
  public boolean containsKey(K key) {
    return get(key) != null;
  }

  /**
   * Gives a key a value.
   *
   * @param key a key
   * @param value its new value
   * @return the one before, or null if there was none
   */
  @CanIgnoreReturnValue
  public @Nullable V put(K key, V value) {
    Site<K, V> site = site(key);
    V before = site.next();
    site.set(requireNonNull(value, "value"));
    return before;
  }

  /**
   * Gives a key a value if it has none.
   *
   * @param key a key
   * @param value its value, if it has none
   * @return the one that it has, or null if it had none
   */
  @CanIgnoreReturnValue
  public @Nullable V putIfAbsent(K key, V value) {
    Site<K, V> site = site(key);
    requireNonNull(value, "value");
    V before = site.next();
    if (before == null) {
      site.set(value);
    }
    return before;
  }

  /**
   * Gives a key another value if it has one.
   *
   * @param key a key
   * @param value its new value, if it has one
   * @return the one before, or null if there was none
   */
  @CanIgnoreReturnValue
  public @Nullable V replace(K key, V value) {
    Site<K, V> site = site(key);
    requireNonNull(value, "value");
    V before = site.next();
    if (before != null) {
      site.set(value);
    }
    return before;
  }

  /**
   * Takes a key out.
   *
   * @param key a key
   * @return its value, or null if there was none
   */
  @CanIgnoreReturnValue
  public @Nullable V remove(K key) {
    Site<K, V> site = site(key);
    V before = site.next();
    site.set(null);
    return before;
  }

  /**
   * Gives a key the value that a function makes of the one it has.
   *
   * @param key a key
   * @param remapping returns the new value, given the key and its value, or null if it has none. If
   *     it returns null, the key is taken out
   * @return the new value, or null if there is none
   */
  @CanIgnoreReturnValue
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> remapping) {
    requireNonNull(remapping, "remapping");
    return set(key, remapping.apply(key, get(key)));
  }

  /**
   * Gives a key a value that a function makes, if it has none.
   *
   * @param key a key
   * @param mapping returns the value, given the key. If it returns null, there is none
   * @return the value, or null if there is none
   */
  @CanIgnoreReturnValue
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> mapping) {
    requireNonNull(mapping, "mapping");
    V before = get(key);
    return before == null ? set(key, mapping.apply(key)) : before;
  }

  /**
   * Gives a key the value that a function makes of the one it has, if it has one.
   *
   * @param key a key
   * @param remapping returns the new value, given the key and its value. If it returns null, the
   *     key is taken out
   * @return the new value, or null if there is none
   */
  @CanIgnoreReturnValue
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> remapping) {
    requireNonNull(remapping, "remapping");
    V before = get(key);
    return before == null ? null : set(key, remapping.apply(key, before));
  }

  /**
   * Gives a key a value, or what a function makes of that and the value it has.
   *
   * @param key a key
   * @param value its value, if it has none
   * @param remapping returns the new value, given the one before and {@code value}. If it returns
   *     null, the key is taken out
   * @return the new value, or null if there is none
   */
  @CanIgnoreReturnValue
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> remapping) {
    requireNonNull(value, "value");
    requireNonNull(remapping, "remapping");
    V before = get(key);
    return set(key, before == null ? value : remapping.apply(before, value));
  }

  /** Notes what a function has returned: by what it has read, the key may have been found anew. */
  private @Nullable V set(K key, @Nullable V next) {
    site(key).set(next);
    return next;
  }

  private Site<K, V> site(K key) {
    requireNonNull(key, "key");
    if (isOver || Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "A transaction was used after its function, or on another thread than the function runs"
              + " on, which is \"%s\". Use it inside of the function alone."
                  .formatted(Texts.nameOf(thread)));
    }
    requireCurrent(!isOutdated);
    Site<K, V> found = sites.get(key);
    return found != null ? found : find(key);
  }

  private Site<K, V> find(K key) {
    watch(Keys.hash(key));
    Site<K, V> site = table.locate(key);
    sites.put(key, site);
    requireCurrent(isConsistent());
    return sites.getOrDefault(key, site); // it may have been found anew
  }

  private void watch(int hash) {
    int index = Bins.indexOf(hash, bins.length);
    int stripe = Bins.numberOfStripe(index, stripes.length);
    if (stamps[stripe] == 0) {
      stamps[stripe] = stripes[stripe].awaitOptimisticRead();
    }
  }

  /** Returns whether all that was found is what the map has at one moment. */
  private boolean isConsistent() {
    for (int look = 1; look <= LOOKS; look++) {
      if (isValid() || isCurrent()) {
        return true;
      }
      if (!findAnew()) {
        return false;
      }
    }
    return false;
  }

  /**
   * Returns whether all that was found is there now, and takes new stamps. With locks: else a stamp
   * would be invalid again as soon as another thread has locked its stripe, be it in vain.
   */
  private boolean isCurrent() {
    Stripe[] watched =
        IntStream.range(0, stripes.length)
            .filter(i -> stamps[i] != 0)
            .mapToObj(i -> stripes[i])
            .toArray(Stripe[]::new);
    return Stripe.whileReadLocked(
        watched,
        () -> {
          for (int i = 0; i < stamps.length; i++) {
            if (stamps[i] != 0) {
              stamps[i] = stripes[i].tryOptimisticRead();
            }
          }
          return table.stripes() == stripes && areCurrent();
        });
  }

  private boolean areCurrent() {
    for (Site<K, V> site : sites.values()) {
      if (site.bins != bins || !site.isCurrent(true)) {
        return false;
      }
    }
    return true;
  }

  /** Finds all keys once more; returns whether they have the values that they had. */
  private boolean findAnew() {
    stripes = table.stripes();
    bins = table.bins();
    stamps = new long[stripes.length];
    for (Map.Entry<Object, Site<K, V>> entry : sites.entrySet()) {
      Site<K, V> before = entry.getValue();
      watch(before.hash);
      Site<K, V> now = before.foundAnew(table);
      if (now.seen != before.seen || now.bins != bins) {
        return false;
      }
      entry.setValue(now);
    }
    return true;
  }

  private boolean isValid() {
    for (int i = 0; i < stamps.length; i++) {
      if (stamps[i] != 0 && !stripes[i].validate(stamps[i])) {
        return false;
      }
    }
    return table.stripes() == stripes;
  }

  private void requireCurrent(boolean isCurrent) {
    if (!isCurrent) {
      isOutdated = true;
      throw new Outdated();
    }
  }

  /** Does what was asked for, unless what was read has changed. */
  Outcome commit() {
    if (isOutdated) {
      return Outcome.OUTDATED;
    }
    if (sites.values().stream().noneMatch(Site::isChanged)) {
      return Outcome.DONE; // what was read was there at one moment
    }
    Outcome outcome = table.commit(sites.values(), true);
    for (int look = 1; look < LOOKS && outcome == Outcome.OUTDATED && findAnew(); look++) {
      outcome = table.commit(sites.values(), true);
    }
    return outcome;
  }

  boolean isOutdated() {
    return isOutdated;
  }

  void end() {
    isOver = true;
  }

  /** Ends a run whose outcome would be of no use. */
  private static final class Outdated extends RuntimeException {
    private static final long serialVersionUID = 1;

    Outdated() {
      super(
          "Another thread has changed what this transaction has read. Its function is run again:"
              + " let this exception through.",
          null,
          false,
          false);
    }
  }
}
