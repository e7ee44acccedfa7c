package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What must be made once, and seen only when it is whole. */
final class Initializations {
  private Initializations() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("double initialization", 2, 2, Initializations::holder, Racy::new, Locked::new),
        Bug.of("half-built object", 2, 2, Initializations::settings, Early::new, Late::new),
        Bug.of("early flag", 2, 2, Initializations::box, FlagFirst::new, FlagLast::new));
  }

  private interface Holder {
    /** Returns whether this call made the value. */
    boolean initialize();
  }

  private static Stress<Holder> holder(Supplier<Holder> supplier) {
    return Stress.of(supplier).operation("initialize", Holder::initialize);
  }

  private static final class Racy implements Holder {
    private volatile Object value;

    @Override
    public boolean initialize() {
      if (value != null) {
        return false;
      }
      Window.open();
      value = new Object();
      return true;
    }
  }

  private static final class Locked implements Holder {
    private volatile Object value;

    @Override
    public boolean initialize() {
      if (value != null) {
        return false;
      }
      synchronized (this) {
        boolean first = value == null;
        value = first ? new Object() : value;
        return first;
      }
    }
  }

  private interface Settings {
    int timeout();
  }

  private static Stress<Settings> settings(Supplier<Settings> supplier) {
    return Stress.of(supplier).operation("timeout", Settings::timeout);
  }

  private static final class Values {
    private int timeout;

    void load() {
      timeout = 30;
    }
  }

  /** Double-checked locking that publishes what is not loaded yet. */
  private static final class Early implements Settings {
    private volatile Values values;

    @Override
    public int timeout() {
      if (values == null) {
        synchronized (this) {
          if (values == null) {
            values = new Values();
            Window.open();
            values.load();
          }
        }
      }
      return values.timeout;
    }
  }

  private static final class Late implements Settings {
    private volatile Values values;

    @Override
    public int timeout() {
      if (values == null) {
        synchronized (this) {
          if (values == null) {
            Values loaded = new Values();
            loaded.load();
            values = loaded;
          }
        }
      }
      return values.timeout;
    }
  }

  private interface Box {
    void put();

    /** Returns the value, or null if there is none yet. */
    Integer get();
  }

  private static Stress<Box> box(Supplier<Box> supplier) {
    return Stress.of(supplier).action("put", Box::put).operation("get", Box::get);
  }

  private static final class FlagFirst implements Box {
    private volatile boolean full;
    private volatile int value;

    @Override
    public void put() {
      full = true;
      Window.open();
      value = 42;
    }

    @Override
    public Integer get() {
      return full ? (Integer) value : null;
    }
  }

  private static final class FlagLast implements Box {
    private volatile boolean full;
    private int value;

    @Override
    public void put() {
      if (!full) {
        value = 42;
        full = true;
      }
    }

    @Override
    public Integer get() {
      return full ? (Integer) value : null;
    }
  }
}
