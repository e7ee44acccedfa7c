package io.github.threadfast;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/** What {@link Events} records. Loading it needs the module {@code jdk.jfr}. */
final class RecordedEvents {
  // Never recorded, only asked whether others would be, so that nothing is allocated if not.
  private static final ContendedAccess CONTENDED_ACCESS = new ContendedAccess();
  private static final LazyInitialization LAZY_INITIALIZATION = new LazyInitialization();
  private static final MapFallback MAP_FALLBACK = new MapFallback();
  private static final Deadlock DEADLOCK = new Deadlock();
  private static final Poison POISON = new Poison();
  private static final ItemFailure ITEM_FAILURE = new ItemFailure();

  private RecordedEvents() {}

  static Events.Span contendedAccess() {
    if (!CONTENDED_ACCESS.isEnabled()) {
      return Events.Span.NONE;
    }
    ContendedAccess event = new ContendedAccess();
    event.begin();
    return event;
  }

  static Events.Span initialization() {
    if (!LAZY_INITIALIZATION.isEnabled()) {
      return Events.Span.NONE;
    }
    LazyInitialization event = new LazyInitialization();
    event.begin();
    return event;
  }

  static Events.Span mapFallback() {
    if (!MAP_FALLBACK.isEnabled()) {
      return Events.Span.NONE;
    }
    MapFallback event = new MapFallback();
    event.begin();
    return event;
  }

  static void deadlock(DeadlockException deadlock) {
    if (DEADLOCK.isEnabled()) {
      Deadlock event = new Deadlock();
      event.cycle = deadlock.getMessage();
      event.commit();
    }
  }

  static void poison(WaitGraph.Resource resource, Throwable cause) {
    if (POISON.isEnabled()) {
      Poison event = new Poison();
      event.primitive = resource.label();
      event.thrownClass = cause.getClass();
      event.commit();
    }
  }

  static void itemFailure(WaitGraph.Resource resource, Throwable cause) {
    if (ITEM_FAILURE.isEnabled()) {
      ItemFailure event = new ItemFailure();
      event.primitive = resource.label();
      event.thrownClass = cause.getClass();
      event.commit();
    }
  }

  @Name("io.github.threadfast.ContendedAccess")
  @Label("Contended Access")
  @Description("A thread waited for a value that another thread used")
  @Category("Threadfast")
  @Threshold("20 ms")
  static final class ContendedAccess extends Event implements Events.Span {
    @Label("Primitive")
    @Description("What it waited for")
    @Nullable String primitive;

    @Label("Owner")
    @Description("Who used it when the wait began; none if that isn't known")
    @Nullable Thread owner;

    @Override
    public void end(WaitGraph.Resource resource, @Nullable Thread owner) {
      end();
      if (shouldCommit()) {
        this.primitive = resource.label();
        this.owner = owner;
        commit();
      }
    }
  }

  @Name("io.github.threadfast.LazyInitialization")
  @Label("Lazy Initialization")
  @Description("The value of a Lazy was made, or failed to be")
  @Category("Threadfast")
  @Threshold("20 ms")
  static final class LazyInitialization extends Event implements Events.Span {
    @Label("Primitive")
    @Description("What the value was made for")
    @Nullable String primitive;

    @Override
    public void end(WaitGraph.Resource resource, @Nullable Thread owner) {
      end();
      if (shouldCommit()) {
        this.primitive = resource.label();
        commit();
      }
    }
  }

  @Name("io.github.threadfast.MapFallback")
  @Label("Map Fallback")
  @Description("A map did with a lock what others had kept it from doing without one")
  @Category("Threadfast")
  @Threshold("0 ms")
  static final class MapFallback extends Event implements Events.Span {
    @Label("Primitive")
    @Description("The map")
    @Nullable String primitive;

    @Override
    public void end(WaitGraph.Resource resource, @Nullable Thread owner) {
      end();
      if (shouldCommit()) {
        this.primitive = resource.label();
        commit();
      }
    }
  }

  @Name("io.github.threadfast.Deadlock")
  @Label("Deadlock")
  @Description("A wait that would never have ended was refused with a DeadlockException")
  @Category("Threadfast")
  static final class Deadlock extends Event {
    @Label("Cycle")
    @Description("Each thread, what it holds and what it waits for")
    @Nullable String cycle;
  }

  @Name("io.github.threadfast.Poison")
  @Label("Poison")
  @Description("A change failed, and the value refuses access until it is repaired")
  @Category("Threadfast")
  static final class Poison extends Event {
    @Label("Primitive")
    @Description("What refuses access")
    @Nullable String primitive;

    @Label("Thrown Class")
    @Description("The class of what the failed change threw")
    @Nullable Class<?> thrownClass;
  }

  @Name("io.github.threadfast.ItemFailure")
  @Label("Item Failure")
  @Description("The handler of a pool failed with an item")
  @Category("Threadfast")
  static final class ItemFailure extends Event {
    @Label("Primitive")
    @Description("The pool")
    @Nullable String primitive;

    @Label("Thrown Class")
    @Description("The class of what the handler threw")
    @Nullable Class<?> thrownClass;
  }
}
