package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.ThreadSafe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Workers that take items from a bounded queue until its end, and account for each.
 *
 * <p>It answers the loop of a queue, some threads and a poison pill, which everybody gets wrong at
 * the end: items that are lost, workers that never stop, errors that nobody sees. Here the end is
 * no item: it can't overtake one, needs no room in a full queue, and comes once for all workers.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/WorkerPoolExamples.java" region="index"}
 *
 * <p>A stream that carries its own end, and several producers:
 *
 * {@snippet file="io/github/threadfast/examples/WorkerPoolExamples.java" region="sentinel"}
 *
 * {@snippet file="io/github/threadfast/examples/WorkerPoolExamples.java" region="producers"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread, a handler included. The handler is run by several
 * threads at once, but for one item by one thread at a time. Functions of the builder may be run by
 * any thread that submits, or by any worker; the listener of the progress by one at a time.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>What a thread did before it submitted an item happens-before what the handler does with it.
 * What the handler did happens-before what follows {@link #awaitIdle}, {@link #awaitFinished},
 * {@link #close}, or a {@link #report} that counts the item. What was done before the pool was
 * finished happens-before what follows an exception that says so.
 *
 * <h2 id="conservation">Where items go</h2>
 *
 * <p>An item is accepted when {@code submit} returns, and not if it throws. Each accepted item ends
 * in one of three ways: its handler has completed; or it has failed, with all retries; or it was
 * returned, because the pool was stopped before it had been started. The {@linkplain #report
 * report} counts them, at any time. An item that was accepted before the pool was finished is never
 * lost, whatever the order of the queue. One that comes later is refused with a {@link
 * RejectedExecutionException} that says when and by whom the pool was finished.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>{@code submit} waits while the queue is full. If it has to wait, an interrupt ends that with
 * an {@link InterruptedException}, and the item isn't accepted; if not, the status is kept. Waiting
 * producers go on when half of the queue is empty again. One that arrives meanwhile may overtake
 * them, but none is overtaken for ever. {@code finish} and {@code stopNow} never wait. A worker
 * parks in {@code java.util.concurrent}, so that a virtual thread releases its carrier.
 *
 * <p>An interrupt that comes while a handler runs is the handler's. It is gone before the next
 * item. One that comes while a worker waits is ignored: only the pool stops workers.
 *
 * <h2 id="re-entry">Re-entry</h2>
 *
 * <p>A handler may submit to its own pool. If the queue is full, it would wait for itself: so it
 * runs the new item at once, inside of {@code submit}; {@code trySubmit} returns false. What kills
 * that item reaches the outer handler: then it was accepted, and has failed. A handler that does so
 * 64 deep is given room beyond the capacity. {@code awaitIdle} and {@code awaitFinished} throw a
 * {@link DeadlockException} in a handler; {@code close} finishes the pool there and does not wait.
 * Two pools whose handlers submit to each other can block each other when both are full: submit
 * with a limit there.
 *
 * <p>What a handler submits after the pool was finished is refused like all else. Where items lead
 * to other items, wait with {@code awaitIdle} before you finish:
 *
 * {@snippet file="io/github/threadfast/examples/WorkerPoolExamples.java" region="crawl"}
 *
 * <h2 id="failures">Exceptions in functions</h2>
 *
 * <p>An exception of the handler makes its item fail, and nothing else. It is told to {@link
 * Builder#onFailure onFailure}, or without one to the thread's handler of uncaught exceptions,
 * which prints it. With {@link Builder#retry retry} the handler is run again before; with {@link
 * Builder#failFast failFast} the pool stops after the first failure. An {@link Error} always stops
 * it, and ends its worker, too. A pool that was stopped so throws a {@link CompletionException}
 * with the cause from {@code awaitIdle}, {@code awaitFinished} and {@code close}, and refuses items
 * with that cause. A worker that is killed otherwise is replaced. What the functions of a sentinel
 * or a priority throw reaches the caller of {@code submit}, and the item isn't accepted.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>No argument may be null, nor may an item: the {@link NullPointerException} names it.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>To submit an item is to take a lock for a moment. In the order of arrival, a worker that has
 * just done an item takes the next one without a lock; in other orders with one, in a time that is
 * constant, or logarithmic in the number of waiting items with a priority. In the order of arrival
 * nothing is allocated for an item, unless somebody has to wait; with a priority, a small object
 * is. The queue grows as it needs to, up to its capacity.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name and the counts. Threads are called as the pool is, with a
 * number. A failed item is an event of the flight recorder, {@code
 * io.github.threadfast.ItemFailure}.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@link java.util.concurrent.ThreadPoolExecutor} takes tasks and not items, has no handler to
 * see their exceptions, can't wait until it is idle, throws when it is full, and with {@code
 * shutdownNow} returns tasks that nobody can look into. A {@link
 * java.util.concurrent.BlockingQueue} with a poison pill loses the pill among several consumers, or
 * has no room for it. What a {@code WorkerPool} can't do: return a result for each item. Let the
 * handler store it.
 *
 * @param <T> the items
 * @since 0.1.0
 */
@ThreadSafe
public final class WorkerPool<T> implements AutoCloseable {
  private final WorkQueue<T> queue;
  private final Items.Order<T> order;
  private final Handling<T> handling;
  private final ThreadFactory factory;
  private final String threadName;
  private final AtomicInteger hired = new AtomicInteger();
  private final @Nullable Predicate<? super T> isSentinel;
  private final @Nullable Duration closeLimit;
  private final @Nullable Progress progress;

  private WorkerPool(Builder<T> builder) {
    String label =
        "WorkerPool "
            + Texts.shownName(builder.name != null ? builder.name : builder.handler.getClass());
    this.order = builder.order;
    this.queue = new WorkQueue<>(label, builder.capacity, order.none());
    this.handling =
        new Handling<>(builder.handler, builder.retries, builder.isFailFast, builder.onFailure);
    this.factory = builder.factory;
    this.threadName = builder.name != null ? builder.name : "WorkerPool";
    this.isSentinel = builder.isSentinel;
    this.closeLimit = builder.closeLimit;
    this.progress = builder.onProgress == null ? null : new Progress(builder.onProgress);
  }

  /**
   * Returns a builder for a pool that handles items with a function.
   *
   * @param handler what to do with each item; it may throw any exception
   * @param <T> the items
   * @return a builder
   */
  public static <T> Builder<T> of(CheckedConsumer<? super T, ? extends Exception> handler) {
    return new Builder<>(requireNonNull(handler, "handler"));
  }

  // Items

  /**
   * Accepts an item, as soon as there is room. If it is the {@linkplain Builder#sentinel sentinel},
   * the pool is {@linkplain #finish finished} instead.
   *
   * @param item what to handle
   * @throws RejectedExecutionException if the pool is finished
   * @throws InterruptedException if this thread was interrupted before there was room
   */
  public void submit(T item) throws InterruptedException {
    if (isEnd(item)) {
      finish(END_OF_STREAM);
      return;
    }
    try {
      runIfAsked(item, queue.put(item, order.rankOf(item), null));
    } catch (TimeoutException e) { // there is no limit
      throw new AssertionError(e);
    }
  }

  /**
   * Accepts an item, if there is room within a time.
   *
   * @param item what to handle
   * @param limit how long to wait for room; zero is as good as a look
   * @throws RejectedExecutionException if the pool is finished
   * @throws InterruptedException if this thread was interrupted before there was room
   * @throws TimeoutException if there was no room in time
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public void submit(T item, Duration limit) throws InterruptedException, TimeoutException {
    Deadline deadline = Deadline.in(Deadline.requireLimit(limit, "limit"));
    if (isEnd(item)) {
      finish(END_OF_STREAM);
      return;
    }
    runIfAsked(item, queue.put(item, order.rankOf(item), deadline));
  }

  /**
   * Accepts an item, if there is room, and no producer that others have overtaken waits for it.
   * Never waits.
   *
   * @param item what to handle
   * @return whether it was accepted; true for the sentinel
   * @throws RejectedExecutionException if the pool is finished
   */
  public boolean trySubmit(T item) {
    if (isEnd(item)) {
      finish(END_OF_STREAM);
      return true;
    }
    boolean isAccepted = queue.offer(item, order.rankOf(item)) == WorkQueue.Answer.ACCEPTED;
    tell();
    return isAccepted;
  }

  /**
   * Accepts items one after the other, as {@link #submit(Object)} does each.
   *
   * @param items what to handle
   * @throws RejectedExecutionException if the pool is finished; what came before was accepted
   * @throws InterruptedException if this thread was interrupted before there was room for all; the
   *     message says how many were accepted
   */
  public void submitAll(Iterable<? extends T> items) throws InterruptedException {
    WorkerPool.<T>submitAll(items, this::submit);
  }

  private static <T> void submitAll(
      Iterable<? extends T> items, CheckedConsumer<T, InterruptedException> submit)
      throws InterruptedException {
    requireNonNull(items, "items");
    long accepted = 0;
    for (T item : items) {
      try {
        submit.accept(item);
      } catch (InterruptedException e) {
        InterruptedException told =
            new InterruptedException("%d of the items were accepted before.".formatted(accepted));
        told.initCause(e);
        throw told;
      }
      accepted++;
    }
  }

  private boolean isEnd(T item) {
    requireNonNull(item, "item");
    return isSentinel != null && isSentinel.test(item);
  }

  private void runIfAsked(T item, WorkQueue.Answer answer) {
    if (answer == WorkQueue.Answer.RUN_IT) {
      queue.current().nest(item);
    }
    tell();
  }

  // What workers call

  /** Runs an item and counts it. */
  void handle(T item, Worker<T> worker) {
    boolean isCompleted = false;
    try {
      isCompleted = handling.handle(item, queue);
    } finally {
      queue.count(worker, isCompleted);
      if (progress != null) {
        queue.rests(worker); // before: nobody should wait for the listener
        tell();
      }
    }
  }

  /** A worker is about to end. */
  void leaves(Worker<T> worker, @Nullable Throwable died) {
    try {
      queue.rests(worker); // before: nobody should wait for the factory
      if (died != null) {
        replace(died, worker.hasWorked());
      }
    } finally {
      queue.left(worker);
      tell();
    }
  }

  private void replace(Throwable died, boolean hasWorked) {
    if (!Handling.isKill(died)) {
      queue.stop(End.now("the death of a worker", died));
    } else if (queue.needsWorkers()) {
      try {
        if (!hasWorked) {
          throw new IllegalStateException("A worker was killed before it had got an item.", died);
        }
        hire();
      } catch (Throwable failure) {
        queue.stop(End.now("the death of a worker that could not be replaced", failure));
      }
    }
  }

  private void hire() {
    Worker<T> worker = new Worker<>(this, queue);
    queue.hired();
    boolean hasStarted = false;
    try {
      Thread thread = requireNonNull(factory.newThread(worker), "what the thread factory made");
      int number = hired.incrementAndGet();
      if (thread.getName().isEmpty()) {
        thread.setName(threadName + "-" + number);
      }
      thread.start();
      hasStarted = true;
    } finally {
      if (!hasStarted) {
        queue.left(worker);
      }
    }
  }

  private void tell() {
    if (progress != null) {
      progress.tell(queue);
    }
  }

  // Producers

  /**
   * Returns a handle for one of several producers. When all handles have been closed, the pool is
   * finished. Make all of them before the first may be closed.
   *
   * @return a new one
   * @throws RejectedExecutionException if the pool is finished
   */
  public Producer<T> producer() {
    return new Producer<>(this, queue.producer());
  }

  /**
   * One of several producers. All methods may be called by any thread.
   *
   * @param <T> the items
   * @since 0.1.0
   */
  @ThreadSafe
  public static final class Producer<T> implements AutoCloseable {
    private final WorkerPool<T> pool;
    private final WorkQueue.Origin origin;
    private volatile boolean isClosed;

    private Producer(WorkerPool<T> pool, WorkQueue.Origin origin) {
      this.pool = pool;
      this.origin = origin;
    }

    /**
     * As {@link WorkerPool#submit(Object)}; the sentinel closes this producer.
     *
     * @param item what to handle
     * @throws IllegalStateException if this producer is closed
     * @throws RejectedExecutionException if the pool is finished
     * @throws InterruptedException if this thread was interrupted before there was room
     */
    public void submit(T item) throws InterruptedException {
      if (isItem(item)) {
        pool.submit(item);
      }
    }

    /**
     * As {@link WorkerPool#submit(Object, Duration)}; the sentinel closes this producer.
     *
     * @param item what to handle
     * @param limit how long to wait for room
     * @throws IllegalStateException if this producer is closed
     * @throws RejectedExecutionException if the pool is finished
     * @throws InterruptedException if this thread was interrupted before there was room
     * @throws TimeoutException if there was no room in time
     * @throws IllegalArgumentException if {@code limit} is negative
     */
    public void submit(T item, Duration limit) throws InterruptedException, TimeoutException {
      if (isItem(item)) {
        pool.submit(item, limit);
      }
    }

    /**
     * As {@link WorkerPool#trySubmit}; the sentinel closes this producer.
     *
     * @param item what to handle
     * @return whether it was accepted; true for the sentinel
     * @throws IllegalStateException if this producer is closed
     * @throws RejectedExecutionException if the pool is finished
     */
    public boolean trySubmit(T item) {
      return !isItem(item) || pool.trySubmit(item);
    }

    /**
     * As {@link WorkerPool#submitAll}; the sentinel closes this producer.
     *
     * @param items what to handle
     * @throws IllegalStateException if this producer is closed
     * @throws RejectedExecutionException if the pool is finished; what came before was accepted
     * @throws InterruptedException if this thread was interrupted before there was room for all
     */
    public void submitAll(Iterable<? extends T> items) throws InterruptedException {
      WorkerPool.<T>submitAll(items, this::submit);
    }

    private boolean isItem(T item) {
      if (isClosed) {
        throw new IllegalStateException(
            "%s was closed, and can't submit any more.".formatted(this));
      }
      boolean isItem = !pool.isEnd(item);
      if (!isItem) {
        close();
      }
      return isItem;
    }

    /** Ends it; the last one finishes the pool. If it is closed already, nothing happens. */
    @Override
    public void close() {
      isClosed = true;
      if (pool.queue.closed(origin)) {
        pool.finish("the last producer, which was closed");
      }
    }

    /** Returns whose it is, and where it was made. */
    @Override
    public String toString() {
      return "Producer of %s, %s".formatted(pool.queue.label(), origin);
    }
  }

  // Waiting

  /**
   * Waits until all items that were accepted have ended: none waits or runs.
   *
   * @throws CompletionException if the pool was stopped by a failure
   * @throws DeadlockException in a handler of this pool
   * @throws InterruptedException if this thread was interrupted before
   */
  public void awaitIdle() throws InterruptedException {
    requireNoWorker("awaitIdle");
    try {
      queue.awaitIdle(null);
    } catch (TimeoutException e) { // there is no limit
      throw new AssertionError(e);
    }
    requireNoFailure();
  }

  /**
   * Waits for some time until all items that were accepted have ended.
   *
   * @param limit how long to wait at most
   * @throws CompletionException if the pool was stopped by a failure
   * @throws DeadlockException in a handler of this pool
   * @throws InterruptedException if this thread was interrupted before
   * @throws TimeoutException if there were items that waited or ran all the time
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public void awaitIdle(Duration limit) throws InterruptedException, TimeoutException {
    Deadline deadline = Deadline.in(Deadline.requireLimit(limit, "limit"));
    requireNoWorker("awaitIdle");
    queue.awaitIdle(deadline);
    requireNoFailure();
  }

  /**
   * Waits until the pool is finished, by whomever, and all of its workers have ended.
   *
   * @throws CompletionException if the pool was stopped by a failure
   * @throws DeadlockException in a handler of this pool
   * @throws InterruptedException if this thread was interrupted before
   */
  public void awaitFinished() throws InterruptedException {
    requireNoWorker("awaitFinished");
    try {
      queue.awaitOver(null);
    } catch (TimeoutException e) { // there is no limit
      throw new AssertionError(e);
    }
    requireNoFailure();
  }

  /**
   * Waits for some time until the pool is finished, and all of its workers have ended.
   *
   * @param limit how long to wait at most
   * @throws CompletionException if the pool was stopped by a failure
   * @throws DeadlockException in a handler of this pool
   * @throws InterruptedException if this thread was interrupted before
   * @throws TimeoutException if that was not so in time; the message names producers that are open
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public void awaitFinished(Duration limit) throws InterruptedException, TimeoutException {
    Deadline deadline = Deadline.in(Deadline.requireLimit(limit, "limit"));
    requireNoWorker("awaitFinished");
    queue.awaitOver(deadline);
    requireNoFailure();
  }

  private void requireNoWorker(String method) {
    if (queue.isWorker(Thread.currentThread())) {
      throw Deadlock.ofOne(
          queue,
          """
          %s of %s was called by one of its handlers, on thread "%s", which would wait for itself. \
          Call it on another thread.\
          """
              .formatted(method, queue.label(), Texts.nameOf(Thread.currentThread())));
    }
  }

  private void requireNoFailure() {
    Throwable fatal = queue.fatal();
    if (fatal != null) {
      throw new CompletionException(
          "%s was stopped by %s (see the cause). %s"
              .formatted(queue.label(), Texts.nameOf(fatal.getClass()), report()),
          fatal);
    }
  }

  // The end

  private static final String END_OF_STREAM = "its sentinel";

  /**
   * Accepts no more items. Those that were accepted are handled, and then the workers end. Does not
   * wait for that: see {@link #awaitFinished}. If the pool is finished already, nothing happens.
   */
  public void finish() {
    finish("finish()");
  }

  private void finish(String how) {
    queue.finish(End.now(how, null));
    tell();
  }

  /**
   * Accepts no more items, gives back those that have not been started, and interrupts the handlers
   * that run. Does not wait for them.
   *
   * @return the items that were accepted and will not be handled, in the order in which they would
   *     have been; none if the pool was stopped before
   */
  @CanIgnoreReturnValue
  public List<T> stopNow() {
    return stop("stopNow()");
  }

  @CanIgnoreReturnValue
  private List<T> stop(String how) {
    List<T> unstarted = queue.stop(End.now(how, null));
    tell();
    return unstarted;
  }

  /**
   * Returns all items that the pool has given back, because it was stopped before they had been
   * started, by whatever: {@code stopNow}, a {@code close} in a hurry, a failure.
   *
   * @return a copy
   */
  public List<T> returned() {
    return queue.returned();
  }

  /**
   * Finishes the pool, and waits until its workers have ended. If that takes longer than {@link
   * Builder#closeWithin closeWithin} allows, or if this thread is interrupted, the pool is
   * {@linkplain #stopNow stopped}, handlers that run are not waited for, and an interrupt status is
   * kept: {@link #returned} has the items that were not started. In a handler of this pool it does
   * not wait.
   *
   * @throws CompletionException if the pool was stopped by a failure
   */
  @Override
  public void close() {
    finish("close()");
    if (queue.isWorker(Thread.currentThread())) {
      return;
    }
    try {
      queue.awaitOver(closeLimit == null ? null : Deadline.in(closeLimit));
    } catch (InterruptedException e) {
      stop("an interrupted close()");
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      stop("close(), which was out of time");
    }
    requireNoFailure();
  }

  // What is known

  /**
   * Returns the counts of one moment.
   *
   * @return a report; with {@code accepted} as the sum of the others
   */
  public Report report() {
    return queue.report();
  }

  /** Returns the name, the state and the counts. */
  @Override
  public String toString() {
    return "%s [%s, %s]".formatted(queue.label(), queue.state(), report());
  }

  /**
   * How many items are where, at one moment.
   *
   * @param accepted how many were accepted
   * @param completed of how many the handler has completed
   * @param failed of how many it has failed
   * @param returned how many were given back, since the pool was stopped
   * @param waiting how many wait for a worker
   * @param running how many are being handled
   * @param firstFailure what the first failed handler has thrown, or null
   * @since 0.1.0
   */
  public record Report(
      long accepted,
      long completed,
      long failed,
      long returned,
      int waiting,
      int running,
      @Nullable Throwable firstFailure) {

    /**
     * Returns how many items have ended.
     *
     * @return the completed, failed and returned ones
     */
    public long ended() {
      return completed + failed + returned;
    }

    /** Returns the counts. */
    @Override
    public String toString() {
      return "%d accepted, %d completed, %d failed, %d returned, %d waiting, %d running%s"
          .formatted(
              accepted,
              completed,
              failed,
              returned,
              waiting,
              running,
              firstFailure == null ? "" : ", first failure: " + firstFailure.getClass().getName());
    }
  }

  /**
   * The choices for a pool. Not thread-safe.
   *
   * @param <T> the items
   * @since 0.1.0
   */
  public static final class Builder<T> {
    private static final int DEFAULT_CAPACITY = 1024;

    private final CheckedConsumer<? super T, ? extends Exception> handler;
    private @Nullable String name;
    private int workers = Runtime.getRuntime().availableProcessors();
    private int capacity = DEFAULT_CAPACITY;
    private Items.Order<T> order = new Items.Order.Arrival<>(false);
    private ThreadFactory factory = Builder::platformThread;
    private @Nullable Predicate<? super T> isSentinel;
    private int retries;
    private boolean isFailFast;
    private @Nullable BiConsumer<? super T, ? super Throwable> onFailure;
    private @Nullable Consumer<? super Report> onProgress;
    private @Nullable Duration closeLimit;

    private Builder(CheckedConsumer<? super T, ? extends Exception> handler) {
      this.handler = handler;
    }

    /**
     * Gives it a name for messages, events and threads.
     *
     * @param name what to call it
     * @return this
     */
    public Builder<T> name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    /**
     * Says how many workers there are: as many as processors, if nothing is said.
     *
     * @param workers how many
     * @return this
     * @throws IllegalArgumentException if {@code workers} isn't positive
     */
    public Builder<T> workers(int workers) {
      this.workers = requirePositive(workers, "workers");
      return this;
    }

    /**
     * Says how many items may wait: 1024, if nothing is said. Those that run don't count.
     *
     * @param capacity how many
     * @return this
     * @throws IllegalArgumentException if {@code capacity} isn't positive
     */
    public Builder<T> capacity(int capacity) {
      this.capacity = requirePositive(capacity, "capacity");
      return this;
    }

    private static int requirePositive(int number, String parameter) {
      if (number <= 0) {
        throw new IllegalArgumentException(
            "%s is %d. It must be one or more.".formatted(parameter, number));
      }
      return number;
    }

    /**
     * Takes the item that was accepted last. If nothing is said, it is the one that was first.
     *
     * @return this
     */
    public Builder<T> lastInFirstOut() {
      this.order = new Items.Order.Arrival<>(true);
      return this;
    }

    /**
     * Takes the item with the highest priority, and of several the one that was accepted first. An
     * item is asked for its priority once, before it is accepted, by the thread that submits it.
     *
     * @param priority the priority of an item
     * @return this
     */
    public Builder<T> priority(ToLongFunction<? super T> priority) {
      this.order = new Items.Order.Priority<>(requireNonNull(priority, "priority"));
      return this;
    }

    /**
     * Says where its threads come from, which may be virtual ones. A thread without a name gets
     * one. If nothing is said, they are platform threads that keep the program alive until the pool
     * is finished.
     *
     * @param factory makes a thread that is not started yet
     * @return this
     */
    public Builder<T> threadFactory(ThreadFactory factory) {
      this.factory = requireNonNull(factory, "factory");
      return this;
    }

    /**
     * Says what the end of a stream is: to submit it is to finish the pool.
     *
     * @param sentinel what equals the end
     * @return this
     */
    public Builder<T> sentinel(T sentinel) {
      return sentinelWhen(requireNonNull(sentinel, "sentinel")::equals);
    }

    /**
     * Says how the end of a stream is known: to submit it is to finish the pool.
     *
     * @param isSentinel whether an item is the end; asked for each item, before it is accepted, by
     *     the thread that submits it
     * @return this
     */
    public Builder<T> sentinelWhen(Predicate<? super T> isSentinel) {
      this.isSentinel = requireNonNull(isSentinel, "isSentinel");
      return this;
    }

    /**
     * Runs the handler again for an item that has failed, by the same worker, at once.
     *
     * @param times how often at most
     * @return this
     * @throws IllegalArgumentException if {@code times} is negative
     */
    public Builder<T> retry(int times) {
      if (times < 0) {
        throw new IllegalArgumentException(
            "times is %d. It must be zero or more.".formatted(times));
      }
      this.retries = times;
      return this;
    }

    /**
     * Stops the pool when an item has failed.
     *
     * @return this
     */
    public Builder<T> failFast() {
      this.isFailFast = true;
      return this;
    }

    /**
     * Says who hears of failures. It is run by the worker, before the item counts as failed.
     *
     * @param onFailure gets the item, and what its handler has thrown
     * @return this
     */
    public Builder<T> onFailure(BiConsumer<? super T, ? super Throwable> onFailure) {
      this.onFailure = requireNonNull(onFailure, "onFailure");
      return this;
    }

    /**
     * Says who hears how far it is, as for a progress bar. It is told the latest counts whenever
     * they have changed, soon after, by one thread at a time, which may be a worker or a producer:
     * while it is slow, some counts are left out, but never the last ones.
     *
     * @param onProgress gets the counts
     * @return this
     */
    public Builder<T> onProgress(Consumer<? super Report> onProgress) {
      this.onProgress = requireNonNull(onProgress, "onProgress");
      return this;
    }

    /**
     * Limits how long {@link WorkerPool#close} waits. If nothing is said, it waits until all is
     * done.
     *
     * @param limit how long
     * @return this
     * @throws IllegalArgumentException if {@code limit} is negative
     */
    public Builder<T> closeWithin(Duration limit) {
      this.closeLimit = Deadline.requireLimit(limit, "limit");
      return this;
    }

    private static Thread platformThread(Runnable worker) {
      Thread thread = new Thread(worker, ""); // it gets a name
      thread.setDaemon(false);
      return thread;
    }

    /**
     * Starts the workers.
     *
     * @return a new pool
     */
    public WorkerPool<T> start() {
      WorkerPool<T> pool = new WorkerPool<>(this);
      boolean hasStarted = false;
      try {
        for (int i = 0; i < workers; i++) {
          pool.hire();
        }
        hasStarted = true;
      } finally {
        if (!hasStarted) {
          pool.finish("a start that failed");
        }
      }
      return pool;
    }
  }
}
