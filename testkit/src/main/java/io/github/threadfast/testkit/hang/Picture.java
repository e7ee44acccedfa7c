package io.github.threadfast.testkit.hang;

import static java.util.stream.Collectors.toMap;

import io.github.threadfast.testkit.hang.Sighting.Held;
import io.github.threadfast.testkit.hang.Sighting.Owner;
import io.github.threadfast.testkit.hang.Sighting.Wait;
import io.github.threadfast.testkit.hang.Sighting.Way;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The threads at one moment, as far as the JVM tells, and who holds what they wait for. */
final class Picture {
  /*
   * Idea. No source knows everything. The platform threads come from the thread bean, all of them in
   * one stop of the JVM: their locks and owners agree. It knows nothing of virtual threads. They come
   * from the thread dump that JDK 21 and later write, one thread after the other, from JDK 25 on with
   * the monitors they hold and wait for. Both name an object by class and hash, which joins them. What
   * a thread object itself tells, of the threads that are at hand, fills the gaps: it is all there is
   * in a JVM without the bean.
   */

  /** A cut-down JVM may lack the bean's module. */
  static final boolean JVM_HAS_THREAD_BEAN =
      ModuleLayer.boot().findModule("java.management").isPresent();

  private final Map<Long, Sighting> sightings = new TreeMap<>();
  private final Map<Resource, Owner> owners = new HashMap<>();
  private final Map<Resource, Owner> joined = new HashMap<>();
  private final boolean tellsLocks;
  private final boolean seesVirtual;
  private final boolean tellsVirtualLocks;

  private Picture(Collection<Thread> given) {
    given.stream().filter(Thread::isAlive).forEach(this::see);
    tellsLocks = JVM_HAS_THREAD_BEAN;
    if (tellsLocks) {
      ThreadBean.all().forEach(this::see);
    }
    Optional<ThreadDump> dump = ThreadDump.take();
    dump.ifPresent(taken -> taken.threads().forEach(this::seeInDump));
    seesVirtual = dump.isPresent() || !ThreadDump.JVM_HAS_VIRTUAL_THREADS;
    tellsVirtualLocks =
        dump.map(ThreadDump::tellsLocks).orElse(!ThreadDump.JVM_HAS_VIRTUAL_THREADS);
    sightings.values().forEach(this::noteHeld);
    joined.putAll(
        ThreadGroups.alive(ThreadGroups.root()).stream()
            .collect(toMap(Resource::of, thread -> owner(thread), (one, same) -> one)));
    if (tellsLocks) {
      given.stream().filter(ThreadDump::isVirtual).forEach(this::probe);
    }
  }

  /** Takes a picture of all threads that the JVM tells of, and of the given ones. */
  static Picture take(Collection<Thread> given) {
    return new Picture(given);
  }

  private static Owner owner(Thread thread) {
    return new Owner(thread.getId(), thread.getName());
  }

  private void see(Thread thread) {
    List<StackTraceElement> stack = Arrays.asList(thread.getStackTrace());
    Thread.State state = thread.getState();
    Object blocker = LockSupport.getBlocker(thread);
    Wait wait = blocker == null ? null : new Wait(Way.PARKED, Resource.of(blocker));
    boolean virtual = ThreadDump.isVirtual(thread);
    sightings.put(
        thread.getId(),
        new Sighting(
            thread.getId(),
            thread.getName(),
            virtual,
            state,
            wait,
            List.of(),
            stack,
            0,
            Sighting.UNKNOWN));
  }

  private void see(ThreadBean.Seen seen) {
    sightings.put(seen.sighting().id(), seen.sighting());
    Wait wait = seen.sighting().waitsFor();
    Owner owner = seen.owner();
    if (wait != null && owner != null) {
      owners.put(wait.on(), owner);
    }
  }

  /** The bean calls a platform thread runnable that waits for a monitor of a virtual thread. */
  private void seeInDump(Sighting dumped) {
    Sighting seen = sightings.get(dumped.id());
    if (seen == null) {
      if (dumped.virtual()) {
        sightings.put(dumped.id(), dumped);
      }
      return;
    }
    boolean more = seen.waitsFor() == null && dumped.waitsFor() != null;
    sightings.put(
        seen.id(),
        seen.with(
            more ? dumped.state() : seen.state(),
            more ? dumped.waitsFor() : seen.waitsFor(),
            seen.virtual() ? dumped.holds() : seen.holds()));
  }

  private void noteHeld(Sighting sighting) {
    for (Held held : sighting.holds()) {
      owners.putIfAbsent(held.lock(), sighting.asOwner());
    }
  }

  private void probe(Thread virtual) {
    if (LockSupport.getBlocker(virtual) instanceof AbstractOwnableSynchronizer synchronizer) {
      Owner owner = ThreadBean.ownerOf(synchronizer);
      if (owner != null) {
        owners.put(Resource.of(synchronizer), owner);
        noteHolder(Resource.of(synchronizer), owner);
      }
    }
  }

  /** Of a virtual thread the JVM lists the monitors it holds, but no other locks. */
  private void noteHolder(Resource lock, Owner owner) {
    Sighting holder = sightings.get(owner.id());
    Held held = new Held(lock, false, null);
    if (holder != null && !holder.holds().contains(held)) {
      sightings.put(holder.id(), holder.alsoHolding(held));
    }
  }

  @Nullable Sighting thread(long id) {
    return sightings.get(id);
  }

  Collection<Sighting> threads() {
    return sightings.values();
  }

  /** Returns who must go on before {@code waiting} can, if it is known. */
  @Nullable Owner awaited(Sighting waiting) {
    Wait wait = waiting.waitsFor();
    if (wait == null || wait.way() == Way.TO_BE_NOTIFIED) {
      return null;
    }
    return (wait.way() == Way.FOR_ITS_END ? joined : owners).get(wait.on());
  }

  /** Whether one of {@code threads} waits for a thread that waits for itself through others. */
  boolean hasCycle(Collection<Thread> threads) {
    return threads.stream().anyMatch(thread -> leadsIntoCycle(sightings.get(thread.getId())));
  }

  private boolean leadsIntoCycle(@Nullable Sighting from) {
    Set<Sighting> seen = new HashSet<>();
    Sighting thread = from;
    while (thread != null && seen.add(thread)) {
      Owner owner = awaited(thread);
      thread = owner == null ? null : sightings.get(owner.id());
    }
    return thread != null;
  }

  /** Whether it tells who holds a lock. */
  boolean tellsLocks() {
    return tellsLocks;
  }

  /** Whether a thread that is not in it has ended. */
  boolean isComplete() {
    return tellsLocks && seesVirtual;
  }

  boolean tellsVirtualLocks() {
    return tellsVirtualLocks;
  }
}
