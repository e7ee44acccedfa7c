package io.github.threadfast;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The values of a {@link PerThread}'s threads that have ended, and what becomes of them. Its state
 * is guarded by the lock of the table; what takes a table is called without it.
 */
abstract class Ended<T> {
  /** Contents that were left, the oldest first. */
  final ArrayList<Object> left = new ArrayList<>();

  private @Nullable Throwable failure;

  /** Takes over what {@code held} has, whose thread has ended, or all is closed. */
  final void add(Held held) {
    left.ensureCapacity(left.size() + 1); // so that nothing is taken that can't be kept
    Object content = held.take();
    if (content != null) {
      left.add(content);
    }
  }

  /** Does what is to be done with those that were left, by code of the user. */
  abstract void tidy(ThreadTable<Held> table);

  /** Returns those that a fold sees. */
  List<Object> folded() {
    return left;
  }

  /** Takes all out, for good. */
  List<Object> takeAll() {
    List<Object> all = new ArrayList<>(left);
    left.clear();
    return all;
  }

  /** Returns what to say of them, after a comma; looks without the lock. */
  String state() {
    return "";
  }

  /** Does what is to be done, in a thread that has no part in it: it is spared what is thrown. */
  final void tidyForOthers(ThreadTable<Held> table) {
    try {
      tidy(table);
    } catch (Throwable thrown) {
      table.locked(() -> failure = Closing.join(failure, thrown));
    }
  }

  /** Does what is to be done, and throws what was thrown by it, and by it in other threads. */
  final void tidyAndReport(ThreadTable<Held> table) {
    Throwable thrown = null;
    try {
      tidy(table);
    } catch (Throwable e) {
      thrown = e;
    }
    Closing.rethrow(Closing.join(takeFailure(table), thrown));
  }

  final @Nullable Throwable takeFailure(ThreadTable<Held> table) {
    return table.locked(() -> {
      Throwable taken = failure;
      failure = null;
      return taken;
    });
  }

  /** They are kept. */
  static final class Kept<T> extends Ended<T> {
    @Override
    void tidy(ThreadTable<Held> table) {}

    @Override
    String state() {
      return left.isEmpty() ? "" : ", " + left.size() + " ended";
    }
  }

  /** They are closed and dropped. */
  static final class Forgotten<T> extends Ended<T> {
    private final Closing<T> closing;

    Forgotten(Closing<T> closing) {
      this.closing = closing;
    }

    @Override
    void tidy(ThreadTable<Held> table) {
      closing.closeAll(table.locked(this::takeAll));
    }

    @Override
    List<Object> folded() {
      return List.of();
    }
  }

  /**
   * They are merged into one, which is the first of those left. A fold sees either those that are
   * being merged or the merged one, since they are exchanged under the lock.
   */
  static final class Merged<T> extends Ended<T> {
    private final Object name;
    private final BinaryOperator<T> merger;
    private boolean merging;

    /** How many there must be: after a failure more than then, so that not each thread tries. */
    private int enough = 2;

    Merged(Object name, BinaryOperator<T> merger) {
      this.name = name;
      this.merger = merger;
    }

    @Override
    void tidy(ThreadTable<Held> table) {
      List<Object> batch = table.locked(this::begin);
      Object merged = null;
      int done = 0;
      try {
        while (done < batch.size()) {
          merged = merge(merged, Scope.valueOf(batch.get(done)));
          done++;
        }
      } finally {
        if (!batch.isEmpty()) {
          finish(table, merged, done, done == batch.size());
        }
      }
    }

    private List<Object> begin() {
      if (merging || left.size() < enough) {
        return List.of();
      }
      List<Object> batch = new ArrayList<>(left);
      merging = true;
      return batch;
    }

    @SuppressWarnings("unchecked") // both were in the place of a value
    private @Nullable Object merge(@Nullable Object merged, @Nullable Object next) {
      if (merged == null || next == null) {
        return merged == null ? next : merged;
      }
      T both = merger.apply((T) merged, (T) next); // no lock is held
      if (both == null) {
        throw new NullPointerException(
            "merger returned null for PerThread %s, whose values stay as they are. "
                    .formatted(Texts.shownName(name))
                + "Return one value for the two.");
      }
      return both;
    }

    /** Puts {@code merged} in the place of the first {@code done} of those left. */
    private void finish(
        ThreadTable<Held> table, @Nullable Object merged, int done, boolean complete) {
      table.locked(() -> {
        if (merging) {
          left.subList(0, done).clear();
          if (merged != null) {
            left.add(0, merged);
          }
          enough = complete ? 2 : 2 * left.size();
        }
        merging = false;
        return null;
      });
    }

    @Override
    List<Object> takeAll() {
      merging = false; // nothing is left to put a merged one into
      return super.takeAll();
    }

    @Override
    String state() {
      return left.isEmpty() ? "" : ", ended ones merged";
    }
  }
}
