package io.github.threadfast.testkit.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

/**
 * The threads of one search: a director that plans and judges, and the threads A, B, C, … that run
 * scenarios. All are kept from run to run, and no code of the user runs anywhere else, so that a
 * call that never returns cannot take the caller with it.
 */
public final class Crew implements AutoCloseable {
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final ExecutorService director;
  private final List<ExecutorService> members = new ArrayList<>();

  /** Creates a crew of {@code size} threads and a director. */
  public Crew(int size) {
    director = thread("director");
    for (int member = 0; member < size; member++) {
      members.add(thread("thread " + name(member)));
    }
  }

  /** Returns what a report calls thread {@code index}: A, B, C, … */
  public static String name(int index) {
    return String.valueOf((char) ('A' + index));
  }

  private ExecutorService thread(String role) {
    return Executors.newSingleThreadExecutor(task -> {
      Thread thread = new Thread(task, "threadfast " + role);
      thread.setDaemon(true);
      threads.add(thread);
      return thread;
    });
  }

  /**
   * Has the director run {@code task} and waits for it.
   *
   * @throws TimeoutException if it takes longer than {@code nanos}
   */
  public <T> T direct(Callable<T> task, long nanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    return director.submit(task).get(nanos, TimeUnit.NANOSECONDS);
  }

  /** Has the first {@code count} threads run {@code task} with their index, and waits for all. */
  void runAll(int count, IntConsumer task) throws InterruptedException, ExecutionException {
    List<Future<?>> running = new ArrayList<>(count);
    for (int member = 0; member < count; member++) {
      int index = member;
      running.add(members.get(member).submit(() -> task.accept(index)));
    }
    for (Future<?> member : running) {
      member.get();
    }
  }

  /** Returns the threads started so far, the director first. */
  public List<Thread> threads() {
    return List.copyOf(threads);
  }

  /** Interrupts all threads and lets them end. */
  @Override
  public void close() {
    director.shutdownNow();
    members.forEach(ExecutorService::shutdownNow);
  }
}
