package io.github.threadfast;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table of a {@link ReadMostlyMap}: who may change which bins when, and who may look. */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
abstract class BinTable<K, V> {
  /*
   * Idea. An array of bins, each a chain of nodes of which only the values change. A reader takes the
   * first node of a bin and then needs nobody any more. A writer searches like a reader, with no lock
   * held; then it locks the stripe of the bin, sees whether the bin still begins with the same node,
   * and if so, the search was right: it writes one value, or another first node. What changes several
   * bins locks all their stripes, puts into each what it was and what it will be (Pending), and says
   * for all of them at once that it is done; or it makes another array and swaps it.
   *
   * State. bins is the array, stripes the locks of its parts, in order. Each counts its entries and
   * its changes, and names the thread that has its turn, if any.
   *
   * Invariants.
   * (1) An element of bins is written only with the lock of its stripe, and only while bins and
   *     stripes are the current ones; so is the value of a node that is in it. bins and stripes are
   *     replaced only by a thread that has locked all stripes. An array that was replaced is never
   *     written again, and never comes back.
   * (2) Which nodes a chain has, and in which order, is settled when its first node is made. So a
   *     bin that begins with the same node has the same nodes, even if it had others meanwhile.
   * (3) Several bins change as one step only by their Pending, and then no value of a node that is
   *     there already is written: an entry with a new value is a new node.
   * (4) While a stripe has a taker, nobody else changes its bins, and nobody replaces the stripes
   *     but the taker itself.
   *
   * A single get is linearizable. Let t be the moment when it takes the first node of its bin, or if
   * that is Pending, and is found to be done, the moment when it was done, if that is later. What it finds in the chain is what was there at t, up to
   * values written later, by (2) and (3). If the node whose value it returns is still in the table when
   * it reads that, so is the value. If not, the value is the last that the node had there, and the node
   * was taken out after t. If bins was replaced before it read the element, then after it had read
   * bins, and the same is true of the replaced array, whose nodes are shared with the new one, or have
   * the values of the moment when they were copied. So the keys, which are compared after t, may take
   * their time. It takes no lock and looks at nothing twice: it is wait-free but for the keys.
   *
   * Several keys are read at one moment if the stamps of all their stripes were taken before and
   * are valid after, since each change moves one, and if stripes is still the same.
   *
   * Functions and keys. No code of the user runs while a stripe is locked. A change that a function
   * has computed is made if what the function was given is still there: the same first node, and
   * the same value, by identity. A value that was replaced and has come back is as good: it is the
   * same argument. If the first node is another one, the key is looked for again; if the value is
   * another one, it is computed anew; the last time the thread has its turn.
   *
   * Turns. The thread holds a lock, turn, and notes itself as taker of stripes. Writers that meet
   * another taker let go of their stripe and wait for turn; readers don't care. So a function runs
   * with no lock that a reader, or a search, could wait for, and the wait graph knows who waits.
   * The function may change the map: what it changes of its own arguments makes it fail, since it
   * would make any further run fail, too.
   *
   * Order of locks: turn, then stripes in their order. A thread that waits for turn has no stripe.
   *
   * Ordering. Elements of bins, and values, are read acquiring and written released, under a lock
   * whose release is a volatile write: what a writer did before, and the contents of the node,
   * happen-before what a reader does that finds it. Two threads that each write one key and then read
   * the other's can't both miss: between is a volatile write of the lock and a volatile read of bins.
   * Where the keys have different locks this rests on more than the language says, on volatile
   * accesses that are not reordered among themselves, which is how JVMs make them. Bins are published before stripes: who sees new stripes sees bins that
   * they belong to, and who sees old ones finds them locked, or not current any more.
   *
   * Non-invariants. A reader's array need not be the current one, nor need the counts of stripes that
   * are not locked be of one moment. A stripe's bins may be few or many: nothing depends on it.
   *
   * Why not one lock? Writers would queue. Why not a lock-free list? A batch could not stop it. Why
   * not open addressing? A miss would have to look at more. Why are chains not changed in the middle?
   * A reader would find its way into other bins, or never out: see DESIGN.md.
   *
   * References. Stamps are sequence locks, as in StampedLock: H.-J. Boehm, Can Seqlocks Get Along with
   * Programming Language Memory Models?, MSPC 2012. To search without locks, then lock and validate:
   * S. Heller et al., A Lazy Concurrent List-Based Set Algorithm, OPODIS 2005. To change several words
   * by a descriptor that all of them refer to: T. L. Harris, K. Fraser, I. A. Pratt, A Practical
   * Multi-word Compare-and-Swap Operation, DISC 2002. Transactions: D. Dice, O. Shalev, N. Shavit,
   * Transactional Locking II, DISC 2006.
   */

  /** How many times a function is run at most, for one change. */
  static final int MOST_RUNS = 4;

  /** How many times a reader looks without a lock. */
  private static final int LOOKS = 3;

  private final Mutex turn;
  private final int fewestBins;

  private volatile @Nullable Node<K, V>[] bins;
  private volatile Stripe[] stripes;

  BinTable(@Nullable String name, int bins) {
    this.turn = new Mutex("ReadMostlyMap", name, Map.class, false);
    this.fewestBins = bins;
    this.bins = Bins.ofLength(bins);
    this.stripes = Bins.stripesFor(bins);
  }

  final @Nullable Node<K, V>[] bins() {
    return bins;
  }

  final Stripe[] stripes() {
    return stripes;
  }

  // Looking at one bin

  /**
   * Returns the node of a key, or null.
   *
   * <p>In an application hashCode and equals have many targets, so that each call goes through a
   * table, which hides from the compiler what comes of it. Most keys are of two classes, which are
   * final: it is asked for once, and both methods are inlined. The rest is common to all, since
   * compilers don't inline a get that has become too large for them: see DESIGN.md.
   */
  final @Nullable Node<K, V> find(Object key) {
    int hash;
    Node<K, V> head;
    boolean isFirst;
    if (key instanceof String string) {
      hash = Keys.spread(string.hashCode());
      head = headFor(hash);
      isFirst = head != null && head.hash == hash && string.equals(head.key);
    } else if (key instanceof Integer number) {
      hash = Keys.spread(number.hashCode());
      head = headFor(hash);
      isFirst = head != null && head.hash == hash && number.equals(head.key);
    } else {
      hash = Keys.spread(key.hashCode());
      head = headFor(hash);
      isFirst = head != null && head.hash == hash && (head.key == key || key.equals(head.key));
    }
    return head == null || isFirst ? head : head.findAfter(hash, key);
  }

  /** Returns what the bin of a hash begins with. It may be {@link Pending}. */
  private @Nullable Node<K, V> headFor(int hash) {
    @Nullable Node<K, V>[] bins = this.bins;
    Node<K, V> head = bins[Bins.indexOf(hash, bins.length)];
    VarHandle.acquireFence(); // an acquiring read, without the cast that one of a VarHandle makes
    return head;
  }

  /** Finds a key, with no lock held. */
  final Site<K, V> locate(K key) {
    checkKeys();
    int hash = Keys.hash(key);
    @Nullable Node<K, V>[] bins = this.bins;
    int index = Bins.indexOf(hash, bins.length);
    return new Site<>(bins, index, Bins.at(bins, index), hash, key);
  }

  /**
   * Looks for keys that were changed after they were put in, if that is wanted. A method that only
   * those maps override which do so costs the others nothing, unlike a field to look at.
   */
  void checkKeys() {}

  /** Looks for keys that were changed after they were put in. */
  final void requireKeysUnchanged() {
    @Nullable Node<K, V>[] bins = this.bins;
    for (int i = 0; i < bins.length; i++) {
      Node.each(Bins.at(bins, i), this::checkKey);
    }
  }

  private void checkKey(Node<K, V> node) {
    if (Keys.hash(node.key) != node.hash) {
      throw new IllegalStateException(
          """
          %s has a key that was changed after it was put in, so that it can't be found any more: %s, \
          of class %s, whose hash code is %d now. Use keys that are immutable; to clear the map makes it sound again.\
          """
              .formatted(
                  turn.label(), node.key, Texts.nameOf(node.key.getClass()), node.key.hashCode()));
    }
  }

  // Looking at all bins

  /** Looks at bins that don't change meanwhile; or do, if what it returns is dropped. */
  interface Look<K, V, R> {
    /** Returns null if what it finds can't be the state of one moment. */
    @Nullable R at(@Nullable Node<K, V>[] bins, Stripe[] stripes);
  }

  /** Returns what a look finds at one moment. */
  final <R> R look(Look<K, V, R> look) {
    for (int i = 0; i < LOOKS; i++) {
      Stripe[] stripes = this.stripes;
      long[] stamps = Stripe.tryOptimisticRead(stripes);
      R found = stamps == null ? null : look.at(bins, stripes);
      if (found != null
          && stamps != null
          && Stripe.validate(stripes, stamps)
          && this.stripes == stripes) {
        return found;
      }
      Thread.onSpinWait();
    }
    Events.Span fallback = Events.mapFallback();
    try {
      return lookWithLocks(look);
    } finally {
      fallback.end(turn, null);
    }
  }

  private <R> R lookWithLocks(Look<K, V, R> look) {
    while (true) {
      Stripe[] stripes = this.stripes;
      R found =
          Stripe.whileReadLocked(
              stripes, () -> this.stripes == stripes ? requireFound(look.at(bins, stripes)) : null);
      if (found != null) {
        return found;
      }
    }
  }

  private <R> R requireFound(@Nullable R found) {
    if (found == null) {
      throw new IllegalStateException(
          """
          %s does not have as many entries as it has counted. Look for a key whose equals, hashCode or \
          compareTo contradict each other. To clear the map makes it sound again.\
          """
              .formatted(turn.label()));
    }
    return found;
  }

  /** Returns all entries of one moment. */
  final Copy<K, V> copy() {
    checkKeys();
    return look(Copy::of);
  }

  /** Counts the entries of one moment. */
  final long count() {
    return look((bins, stripes) -> Stripe.size(stripes));
  }

  // Changing one bin

  /**
   * Gives a key the value that a function makes of the one that it has; null stands for none. The
   * function is run with no lock held, and again if what it was given has changed meanwhile.
   *
   * @param matters whether the function looks at the value that it is given
   * @return what was there and what is there now
   */
  @CanIgnoreReturnValue
  final <X extends Exception> Site<K, V> change(
      K key, boolean matters, CheckedFunction<@Nullable V, @Nullable V, X> function) throws X {
    for (int run = 1; run < MOST_RUNS; run++) {
      Site<K, V> site = tryChange(key, matters, function);
      if (hasEnded(site.outcome, run)) {
        return site;
      }
    }
    return changeInTurn(key, matters, function);
  }

  /** Waits for its turn at once. */
  @CanIgnoreReturnValue
  final <X extends Exception> Site<K, V> changeInTurn(
      K key, boolean matters, CheckedFunction<@Nullable V, @Nullable V, X> function) throws X {
    return inTurn(
        () -> takeStripeOf(key),
        () -> {
          Site<K, V> site = tryChange(key, matters, function);
          requireNotNested(site.outcome);
          return site;
        });
  }

  /**
   * Runs the function once. If something else has changed in the bin, or the table was resized,
   * what it has returned is as good as before.
   */
  private <X extends Exception> Site<K, V> tryChange(
      K key, boolean matters, CheckedFunction<@Nullable V, @Nullable V, X> function) throws X {
    Site<K, V> site = locate(key);
    site.set(function.apply(site.seen));
    site.outcome = commit(site, matters);
    for (int look = 1; look < LOOKS && site.outcome == Outcome.OUTDATED; look++) {
      Site<K, V> again = site.foundAnew(this);
      if (matters && again.seen != site.seen) {
        return site;
      }
      again.outcome = commit(again, matters);
      site = again;
    }
    return site;
  }

  private Outcome commit(Site<K, V> site, boolean matters) {
    if (!site.isChanged()) {
      return Outcome.DONE;
    }
    site.prepare();
    Stripe[] stripes = this.stripes;
    Stripe stripe = Bins.stripeOf(site.index, stripes);
    int size;
    long stamp = stripe.writeLock();
    try {
      if (stripe.isTakenByAnother()) {
        return Outcome.TAKEN;
      }
      if (this.stripes != stripes || bins != site.bins || !site.isCurrent(matters)) {
        return Outcome.OUTDATED;
      }
      int growth = site.growth();
      site.publish();
      stripe.size += growth; // without a call, since there may be no stack for it
      stripe.changes++;
      size = stripe.size;
    } finally {
      stripe.unlockWrite(stamp);
    }
    if (site.growth() != 0 && newLength(site.bins.length, (long) size * stripes.length) != 0) {
      resizeIfDue(site.bins, stripes);
    }
    return Outcome.DONE;
  }

  // Changing several bins

  /**
   * Does all that sites say, or nothing of it. Those that say nothing must be as they were found.
   *
   * @param matter whether values that were found still have to be there
   */
  final Outcome commit(Collection<Site<K, V>> sites, boolean matter) {
    TreeMap<Integer, BinChange<K, V>> byBin = new TreeMap<>();
    @Nullable Node<K, V>[] bins = this.bins;
    for (Site<K, V> site : sites) {
      if (site.bins != bins
          || !byBin.computeIfAbsent(site.index, i -> new BinChange<>(i, site.head)).add(site)) {
        return Outcome.OUTDATED;
      }
    }
    List<BinChange<K, V>> changes = new ArrayList<>(byBin.values());
    changes.removeIf(change -> !change.prepare(matter));
    Stripe[] stripes = this.stripes;
    Stripe[] locked =
        byBin.keySet().stream()
            .map(index -> Bins.numberOfStripe(index, stripes.length))
            .distinct()
            .sorted() // all lock them in this order
            .map(number -> stripes[number])
            .toArray(Stripe[]::new);
    Outcome outcome =
        Stripe.whileLocked(
            locked,
            () -> {
              if (isTakenByAnother(locked)) {
                return Outcome.TAKEN;
              }
              if (this.stripes != stripes || this.bins != bins || !areCurrent(sites, matter)) {
                return Outcome.OUTDATED;
              }
              publish(changes, bins, stripes);
              return Outcome.DONE;
            });
    if (outcome == Outcome.DONE) {
      resizeIfDue(bins, stripes);
    }
    return outcome;
  }

  private static <K, V> boolean areCurrent(Collection<Site<K, V>> sites, boolean matter) {
    for (Site<K, V> site : sites) {
      if (!site.isCurrent(matter)) {
        return false;
      }
    }
    return true;
  }

  private static <K, V> void publish(
      List<BinChange<K, V>> changes, @Nullable Node<K, V>[] bins, Stripe[] stripes) {
    Pending.Batch batch = new Pending.Batch();
    changes.forEach(change -> change.make(batch));
    Stripe[] changed =
        changes.stream().map(change -> change.stripe(stripes)).toArray(Stripe[]::new);
    int[] growths = changes.stream().mapToInt(BinChange::growth).toArray();
    changes.forEach(change -> change.announce(bins));
    // If memory or stack ends before this, nothing has changed: what was announced is never done.
    // What follows calls nothing, so that all of it is done.
    for (int i = 0; i < changed.length; i++) {
      changed[i].size += growths[i];
      changed[i].changes++;
    }
    batch.isDone = true; // in this moment all bins change
    // If it ends after this, bins stay as they were announced, which they may.
    changes.forEach(change -> change.settle(bins));
  }

  // Changing all bins

  /** Replaces all bins, if the state is still the one that they were made from. */
  final Outcome replace(State<K, V> state, @Nullable Node<K, V>[] next, Stripe[] counted) {
    Outcome outcome = replaceLocked(state, next, counted);
    if (outcome == Outcome.DONE) {
      resizeIfDue(next, counted);
    }
    return outcome;
  }

  private Outcome replaceLocked(State<K, V> state, @Nullable Node<K, V>[] next, Stripe[] counted) {
    return whileAllLocked(stripes -> {
      if (isTakenByAnother(stripes)) {
        return Outcome.TAKEN;
      }
      if (stripes != state.stripes()
          || bins != state.bins()
          || Stripe.changes(stripes) != state.changes()) {
        return Outcome.OUTDATED;
      }
      install(next, counted);
      return Outcome.DONE;
    });
  }

  /** Takes all entries out. */
  final void removeAll() {
    untilDone(
        MOST_RUNS,
        () ->
            whileAllLocked(stripes -> {
              if (isTakenByAnother(stripes)) {
                return Outcome.TAKEN;
              }
              if (Stripe.size(stripes) != 0
                  || Stripe.changes(stripes) != 0
                  || bins.length > fewestBins) {
                install(Bins.ofLength(fewestBins), Bins.stripesFor(fewestBins));
              }
              return Outcome.DONE;
            }));
  }

  /** Looks whether there should be more bins, or fewer. What it reads may be out of date. */
  private void resizeIfDue(@Nullable Node<K, V>[] bins, Stripe[] stripes) {
    if (newLength(bins.length, Stripe.size(stripes)) != 0 && !isTaken(stripes)) {
      try {
        resize(bins);
      } catch (OutOfMemoryError e) {
        // What was asked for is done. It works with these bins, too, and is tried again.
      }
    }
  }

  private void resize(@Nullable Node<K, V>[] bins) {
    whileAllLocked(stripes -> {
      int length = newLength(bins.length, Stripe.size(stripes));
      if (length != 0 && this.bins == bins && !isTaken(stripes)) {
        @Nullable Node<K, V>[] next = Bins.resized(bins, length);
        install(next, Bins.counted(next));
      }
      return Outcome.DONE;
    });
  }

  /** Returns how many bins there should be instead, or 0 if there should not. */
  private int newLength(int length, long size) {
    if (Bins.isFull(size, length)) {
      return Bins.lengthFor(size);
    }
    return Bins.isSparse(size, length) && length > fewestBins
        ? Math.max(fewestBins, Bins.lengthFor(2 * size))
        : 0;
  }

  private void install(@Nullable Node<K, V>[] bins, Stripe[] stripes) {
    if (turn.isHeldBy(Thread.currentThread())) {
      mark(stripes); // it still has its turn
    }
    this.bins = bins; // first, or another could lock one of the stripes for a bin of the old ones
    this.stripes = stripes;
  }

  // Turns

  /**
   * Tries until it is done: the last time in its turn.
   *
   * @param runs how many times to try at most
   */
  final <X extends Exception> void untilDone(int runs, CheckedSupplier<Outcome, X> attempt)
      throws X {
    for (int run = 1; run < runs; run++) {
      if (hasEnded(attempt.get(), run)) {
        return;
      }
    }
    inTurn(
        this::takeAll,
        () -> {
          requireNotNested(attempt.get());
          return null;
        });
  }

  private boolean hasEnded(Outcome outcome, int run) {
    switch (outcome) {
      case OUTDATED -> Mutex.backOff(run);
      case TAKEN -> {
        turn.lockSoon();
        turn.unlock();
      }
      case DONE -> {}
    }
    return outcome == Outcome.DONE;
  }

  private void requireNotNested(Outcome outcome) {
    if (outcome != Outcome.DONE) {
      throw new IllegalStateException(
          """
          %s was changed by the function of a change of the same entries, on thread "%s". Such a \
          change would never get done, since it makes itself outdated. What the function has changed \
          stays so, the outer change was not made. Let the function return what should be there, \
          or use its transaction.\
          """
              .formatted(turn.label(), Texts.nameOf(Thread.currentThread())));
    }
  }

  /** Runs something while this thread has its turn, in which nobody else changes some bins. */
  @CanIgnoreReturnValue
  final <R extends @Nullable Object, X extends Exception> R inTurn(
      Runnable take, CheckedSupplier<R, X> body) throws X {
    if (turn.isHeldBy(Thread.currentThread())) {
      take.run();
      return body.get();
    }
    Events.Span fallback = Events.mapFallback();
    turn.lockSoon();
    try {
      take.run();
      return body.get();
    } finally {
      release();
      turn.unlock();
      fallback.end(turn, null);
    }
  }

  final void takeStripeOf(K key) {
    int hash = Keys.hash(key);
    boolean isTaken = false;
    while (!isTaken) {
      @Nullable Node<K, V>[] bins = this.bins;
      Stripe[] stripes = this.stripes;
      Stripe stripe = Bins.stripeOf(Bins.indexOf(hash, bins.length), stripes);
      isTaken = take(new Stripe[] {stripe}, stripes);
    }
  }

  final void takeAll() {
    boolean areTaken = false;
    while (!areTaken) {
      Stripe[] stripes = this.stripes;
      areTaken = take(stripes, stripes);
    }
  }

  private boolean take(Stripe[] some, Stripe[] all) {
    return Stripe.whileLocked(
        some,
        () -> {
          if (stripes != all) {
            return false;
          }
          mark(some);
          return true;
        });
  }

  private static void mark(Stripe[] stripes) {
    for (Stripe stripe : stripes) {
      stripe.taker = Thread.currentThread();
    }
  }

  /**
   * Gives back all that was taken. It needs no memory, and no lock: nobody else looks for itself.
   */
  private void release() {
    for (Stripe stripe : stripes) {
      if (stripe.taker == Thread.currentThread()) {
        stripe.taker = null;
      }
    }
  }

  private static boolean isTaken(Stripe[] stripes) {
    for (Stripe stripe : stripes) {
      if (stripe.taker != null) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTakenByAnother(Stripe[] stripes) {
    for (Stripe stripe : stripes) {
      if (stripe.isTakenByAnother()) {
        return true;
      }
    }
    return false;
  }

  @CanIgnoreReturnValue
  private <R> R whileAllLocked(Function<Stripe[], R> body) {
    while (true) {
      Stripe[] stripes = this.stripes;
      R result =
          Stripe.<@Nullable R>whileLocked(
              stripes, () -> this.stripes == stripes ? body.apply(stripes) : null);
      if (result != null) {
        return result;
      }
    }
  }
}
