package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BacklogTest {
  private final Backlog<Object> backlog = new Backlog<>();
  private final Revision<Object> zero = Revision.first("zero");
  private final Revision<Object> one = zero.followedBy("one");
  private final Revision<Object> two = one.followedBy("two");

  @Test
  void whatIsToldOutOfOrder_isSeenInOrder_andOnce() {
    backlog.beginAfter(zero);

    backlog.add(two);
    assertNull(backlog.next());
    backlog.add(one);

    assertSame(one, backlog.next());
    assertSame(two, backlog.next());
    assertNull(backlog.next());
  }

  /** A writer may find a follower that has begun with its change already. */
  @Test
  void whatWasSeen_isNotKept_whetherItIsToldBeforeTheBeginningOrAfter() {
    Revision<Object> early = zero.followedBy(new Object());
    Revision<Object> late = zero.followedBy(new Object());
    WeakReference<Object> toldBefore = new WeakReference<>(early.get());
    WeakReference<Object> toldAfter = new WeakReference<>(late.get());

    backlog.add(early);
    backlog.beginAfter(one);
    early = null;
    awaitCollected(toldBefore);

    backlog.add(late);
    late = null;
    awaitCollected(toldAfter);

    backlog.add(two);
    assertSame(two, backlog.next());
  }

  @Test
  void aClosedSubscription_doesNotKeepWhatAWriterTellsItLate() {
    Snapshot<Object> snapshot = Snapshot.of("zero");
    Listening.ToEach<Object> closed =
        new Listening.ToEach<>(snapshot, Runnable::run, (before, after) -> {});
    Subscription subscription = closed.begin();
    subscription.close();
    Object value = new Object();
    WeakReference<Object> told = new WeakReference<>(value);

    closed.signal(zero.followedBy(value));
    value = null;

    awaitCollected(told);
    assertEquals("Subscription[Snapshot <String>, closed]", closed.toString());
  }

  private static void awaitCollected(WeakReference<Object> reference) {
    Actor.await(
        "it is collected",
        () -> {
          System.gc();
          return reference.get() == null;
        });
  }
}
