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
   * Invariant. If outdated is false, the sites that were found are what the map had at one moment:
   * the one when the last of them was found. That is so since the stamps of all their stripes were
   * taken before they were found, and have been valid after that. If one is not valid any more, new
   * ones are taken, and each site is compared with what is there now: by identity, which proves that
   * it is the same entry with the same value. Whether it had another one meanwhile is no matter. For
   * that moment the stripes are locked. So a thread that has its turn is never outdated but by itself.
   */

  private final BinTable<K, V> table;
  private final Thread thread = Thread.currentThread();
  private final Map<Object, Site<K, V>> sites = new HashMap<>();
  private final @Nullable Node<K, V>[] bins;
  private final Stripe[] stripes;
  private final long[] stamps;
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
    return site(key).next;
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
    V before = site.next;
    site.next = requireNonNull(value, "value");
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
    V before = site.next;
    if (before == null) {
      site.next = value;
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
    V before = site.next;
    if (before != null) {
      site.next = value;
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
    V before = site.next;
    site.next = null;
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
    Site<K, V> site = site(key);
    V after = remapping.apply(key, site.next);
    site.next = after;
    return after;
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
    Site<K, V> site = site(key);
    if (site.next == null) {
      site.next = mapping.apply(key);
    }
    return site.next;
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
    Site<K, V> site = site(key);
    V before = site.next;
    if (before != null) {
      site.next = remapping.apply(key, before);
    }
    return site.next;
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
    Site<K, V> site = site(key);
    requireNonNull(value, "value");
    V before = site.next;
    site.next = before == null ? value : remapping.apply(before, value);
    return site.next;
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
    int index = Bins.indexOf(Keys.hash(key), bins.length);
    int stripe = Bins.numberOfStripe(index, bins.length, stripes.length);
    if (stamps[stripe] == 0) {
      stamps[stripe] = stripes[stripe].awaitOptimisticRead();
    }
    Site<K, V> site = table.locate(key);
    requireCurrent(site.bins == bins);
    sites.put(key, site);
    requireCurrent(isConsistent());
    return site;
  }

  /** Returns whether all that was found is what the map has at one moment. */
  private boolean isConsistent() {
    return isValid() || isCurrent();
  }

  /**
   * Returns whether all that was found is there now, and takes new stamps. With locks: else a stamp
   * would be invalid again as soon as another thread has locked its stripe, be it in vain, since
   * this one has its turn.
   */
  private boolean isCurrent() {
    Stripe[] locked =
        IntStream.range(0, stripes.length)
            .filter(i -> stamps[i] != 0)
            .mapToObj(i -> stripes[i])
            .toArray(Stripe[]::new);
    return Stripe.whileReadLocked(
        locked,
        () -> {
          for (int i = 0; i < stamps.length; i++) {
            if (stamps[i] != 0) {
              stamps[i] = stripes[i].tryOptimisticRead();
            }
          }
          return table.stripes() == stripes
              && sites.values().stream().allMatch(site -> site.isCurrent(true));
        });
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
    return sites.values().stream().anyMatch(Site::isChanged)
        ? table.commit(sites.values(), true)
        : Outcome.DONE; // what was read was there at one moment
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
