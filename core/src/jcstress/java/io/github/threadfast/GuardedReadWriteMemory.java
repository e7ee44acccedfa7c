package io.github.threadfast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What threads see of a value with many readers or one writer, whose fields are plain. */
final class GuardedReadWriteMemory {
  /*
   * Last seen with mvn -Pstress test -Dstress.mode=quick -Dstress=ReadWriteMemory
   * on JDK 17 and two x86 processors, with other work on them, without jcstress's choice
   * of JVM flags:
   *
   *   AnUpdateIsSeenWhole                    0, 0   2,290,211   26.11%
   *                                          1, 1   6,479,767   73.89%
   *   NoUpdateIsLost                            2   8,103,426  100.00%
   *   WhatCameBeforeAnUpdateIsSeenAfterIt    0, 0   1,989,547   23.14%
   *                                          0, 1      13,841    0.16%
   *                                          1, 1   6,595,995   76.70%
   *   AReaderAndAWriterAreNeverInsideAtOnce  0, 0   9,270,856  100.00%
   *
   * With releases and acquires where the reader and the writer look for each other, the last one
   * fails, on x86 too: a processor may read before its own write is seen. If the writer doesn't
   * look for readers, AnUpdateIsSeenWhole fails besides.
   */

  private GuardedReadWriteMemory() {}

  static final class Pair {
    int first;
    int second;

    void fill() {
      first = 1;
      second = 1;
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The read came before the update.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The update came before the read.")
  @Outcome(expect = FORBIDDEN, desc = "The read saw half of the update.")
  @State
  public static class AnUpdateIsSeenWhole {
    private final Guarded<Pair> pair = Guarded.readWrite(new Pair());

    @Actor
    public void writer() {
      pair.update(Pair::fill);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 =
          pair.read(p -> {
            result.r2 = p.second;
            return p.first;
          });
    }
  }

  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "One update came after the other.")
  @Outcome(expect = FORBIDDEN, desc = "The updates overlapped, and one was lost.")
  @State
  public static class NoUpdateIsLost {
    private final Guarded<Pair> pair = Guarded.readWrite(new Pair());

    @Actor
    public void one() {
      pair.update(p -> p.first++);
    }

    @Actor
    public void other() {
      pair.update(p -> p.first++);
    }

    @Arbiter
    public void count(I_Result result) {
      result.r1 = pair.read(p -> p.first);
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The read began before the other thread did.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The read came just before the update.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The update came before the read.")
  @Outcome(expect = FORBIDDEN, desc = "The update was seen, but not what came before it.")
  @State
  public static class WhatCameBeforeAnUpdateIsSeenAfterIt {
    private final Guarded<Pair> pair = Guarded.readWrite(new Pair());
    private int outside;

    @Actor
    public void writer() {
      outside = 1;
      pair.update(p -> p.first = 1);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 = pair.read(p -> p.first);
      result.r2 = outside;
    }
  }

  /** Two flags that each side raises while it is inside, so that the other could see it there. */
  static final class Room {
    private static final VarHandle READER;
    private static final VarHandle WRITER;

    static {
      try {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        READER = lookup.findVarHandle(Room.class, "reader", int.class);
        WRITER = lookup.findVarHandle(Room.class, "writer", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    // opaque: so that no compiler drops a flag that is lowered again, and no fence is added
    private int reader;
    private int writer;

    int visitAsReader() {
      READER.setOpaque(this, 1);
      int other = (int) WRITER.getOpaque(this);
      READER.setOpaque(this, 0);
      return other;
    }

    int visitAsWriter() {
      WRITER.setOpaque(this, 1);
      int other = (int) READER.getOpaque(this);
      WRITER.setOpaque(this, 0);
      return other;
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "They were inside one after the other.")
  @Outcome(expect = FORBIDDEN, desc = "The reader and the writer were inside at once.")
  @State
  public static class AReaderAndAWriterAreNeverInsideAtOnce {
    private final Guarded<Room> room = Guarded.readWrite(new Room());

    @Actor
    public void reader(II_Result result) {
      result.r1 = room.read(Room::visitAsReader);
    }

    @Actor
    public void writer(II_Result result) {
      result.r2 = room.compute(Room::visitAsWriter);
    }
  }
}
