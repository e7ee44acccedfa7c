package io.github.threadfast;

import java.util.concurrent.ThreadFactory;
import org.opentest4j.TestAbortedException;

/** Virtual threads on a JDK that has them. */
final class VirtualThreads {
  private VirtualThreads() {}

  /** Returns a factory, or skips the test. */
  static ThreadFactory factory() {
    try {
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      return (ThreadFactory)
          Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    } catch (ReflectiveOperationException e) {
      throw new TestAbortedException("This JDK has no virtual threads.", e);
    }
  }
}
