package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Invariant;
import io.github.threadfast.testkit.scenario.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs on real threads, many times each: every run on a subject of its own, the threads'
 * first calls aligned, with a little seeded noise before some of them.
 *
 * @param <S> the class under test
 */
public final class StressRunner<S> {
  /** Up to this many spins before the first call of a thread. */
  private static final int MAX_NOISE = 64;

  private final Crew crew;
  private final Supplier<S> supplier;
  private final List<Invariant<S>> invariants;
  private final SplittableRandom random;

  private volatile long batches;
  private volatile @Nullable Batch<S> underWay;

  /*
   * Ordering. A batch publishes its rendezvous and then reads stopped; a stop writes stopped and then
   * reads the rendezvous. All four are volatile and so in one total order: whichever comes first, the
   * batch sees the stop or the stop reaches the batch's rendezvous.
   */
  private volatile boolean stopped;
  private volatile Rendezvous rendezvous = new Rendezvous(0);

  /**
   * Creates a runner that runs programs on the threads of {@code crew} and looks at {@code
   * invariants} whenever a subject is at rest.
   */
  public StressRunner(Crew crew, Supplier<S> supplier, List<Invariant<S>> invariants, long seed) {
    this.crew = crew;
    this.supplier = supplier;
    this.invariants = List.copyOf(invariants);
    this.random = new SplittableRandom(seed);
  }

  /**
   * Runs {@code program} {@code runs} times and returns what each run came to; fewer if stopped, or
   * if {@code nanos} are over before.
   *
   * <p>In every second batch, the first included, the threads also note which calls had returned
   * before which began. It costs each call a look at the other threads, and so the other half runs
   * without it.
   */
  public List<Outcome<S>> run(Program<S> program, int runs, long nanos)
      throws InterruptedException, ExecutionException {
    return run(program, runs, nanos, batches % 2 == 0);
  }

  /** Runs as above, but has the threads note the order of their calls in all runs or in none. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes it
  public List<Outcome<S>> run(Program<S> program, int runs, long nanos, boolean notesOrder)
      throws InterruptedException, ExecutionException {
    batches++;
    long end = System.nanoTime() + nanos;
    Batch<S> batch = new Batch<>(program, runs, notesOrder);
    List<S> subjects = new ArrayList<>(runs);
    do {
      S subject = supplier.get();
      batch.prepare(subjects.size(), subject);
      subjects.add(subject);
    } while (subjects.size() < runs && isLeft(end));

    Rendezvous start = new Rendezvous(program.threads().size());
    rendezvous = start;
    if (stopped) {
      return List.of();
    }
    long noiseSeed = random.nextLong();
    underWay = batch;
    crew.runAll(
        program.threads().size(),
        thread -> {
          SplittableRandom noise = new SplittableRandom(noiseSeed + thread);
          try {
            batch.runThread(thread, subjects, start, noise, () -> thread > 0 || isLeft(end));
          } catch (Throwable thrown) {
            start.stop(); // or the others would wait for this one
            throw thrown;
          }
        });

    if (start.wasMostlySlow()) {
      crew.regroup();
    }

    List<Outcome<S>> outcomes = new ArrayList<>(runs);
    while (outcomes.size() < batch.completed() && (outcomes.isEmpty() || isLeft(end + nanos))) {
      outcomes.add(batch.finish(outcomes.size(), subjects.get(outcomes.size()), invariants));
    }
    underWay = null;
    return outcomes;
  }

  private static boolean isLeft(long end) {
    return System.nanoTime() - end < 0;
  }

  /** Returns a number that changes whenever a thread begins a call of a program. */
  public long progress() {
    Batch<S> batch = underWay;
    return 31 * batches + (batch == null ? 0 : batch.begun());
  }

  /**
   * Returns what is known of the run in which the threads are, if they are in one. Meant for a
   * thread that watches others which don't go on: of those that do, it may be wrong.
   */
  public Optional<Outcome<S>> underWay() {
    return Optional.ofNullable(underWay).map(Batch::underWay);
  }

  /** Ends the batch under way at its next run, and all later ones before their first. */
  public void stop() {
    stopped = true;
    rendezvous.stop();
  }

  /**
   * The results of one batch. Each thread writes to places of its own, read when all have ended.
   */
  private static final class Batch<S> {
    private final Program<S> program;
    private final Progress progress;
    private final boolean notesOrder;

    private final Result[][] before;
    private final Result[][] results;
    private final int[][] returnedBefore;
    private final int[] completed;

    /*
     * Ordering. A watcher that reads a run here sees all that thread A had seen before it wrote it: the
     * results of the threads, which had ended, and the new array below. The array's elements, and
     * those of results while the threads run, it reads by a race. That is benign: each is written
     * once, a result is immutable, and one not yet seen is shown as pending. The watcher only says
     * where threads stand that have not moved for a while.
     */
    /** The run that thread A looks at after the threads, or -1, and what it has seen so far. */
    private volatile int finishing = -1;

    private Result[] after = {};

    Batch(Program<S> program, int runs, boolean notesOrder) {
      int threads = program.threads().size();
      this.program = program;
      this.progress = new Progress(threads);
      this.notesOrder = notesOrder;
      this.before = new Result[runs][];
      this.results = new Result[threads][];
      this.returnedBefore = new int[threads][];
      this.completed = new int[threads];
      for (int thread = 0; thread < threads; thread++) {
        int calls = runs * program.threads().get(thread).size();
        results[thread] = new Result[calls];
        returnedBefore[thread] = new int[notesOrder ? calls * threads : 0];
      }
    }

    void prepare(int run, S subject) {
      before[run] = new Result[program.before().size()];
      perform(program.before(), subject, before[run]);
    }

    void runThread(
        int thread,
        List<S> subjects,
        Rendezvous start,
        SplittableRandom random,
        BooleanSupplier mayGoOn) {
      List<Call<S>> operations = program.threads().get(thread);
      Result[] mine = results[thread];
      int call = 0;
      for (int run = 0; run < subjects.size(); run++) {
        S subject = subjects.get(run);
        int noise = Math.max(0, random.nextInt(2 * MAX_NOISE) - MAX_NOISE);
        if (run > 0 && !mayGoOn.getAsBoolean()) {
          start.stop();
        }
        if (!start.await(run)) {
          return;
        }
        for (int spin = 0; spin < noise; spin++) {
          Thread.onSpinWait();
        }
        for (Call<S> operation : operations) {
          if (notesOrder) {
            noteReturned(thread, call);
          }
          progress.begins(thread, call + 1);
          mine[call++] = operation.perform(subject);
          if (notesOrder) {
            progress.returned(thread, call);
          }
        }
        completed[thread] = run + 1;
      }
    }

    private void noteReturned(int thread, int call) {
      int threads = completed.length;
      for (int other = 0; other < threads; other++) {
        returnedBefore[thread][call * threads + other] = progress.count(other);
      }
    }

    long begun() {
      return IntStream.range(0, completed.length).mapToLong(progress::begun).sum();
    }

    Outcome<S> underWay() {
      int run = finishing;
      return run < 0 ? inThreads() : afterThreads(run);
    }

    private Outcome<S> afterThreads(int run) {
      List<Result> seen = new ArrayList<>(List.of(before[run]));
      for (int thread = 0; thread < completed.length; thread++) {
        int calls = program.threads().get(thread).size();
        seen.addAll(Arrays.asList(results[thread]).subList(run * calls, (run + 1) * calls));
      }
      int done = 0;
      while (done < after.length && after[done] != null) {
        seen.add(after[done++]);
      }
      int begun = Math.min(done + 1, after.length);
      if (begun > done) {
        seen.add(Result.PENDING);
      }
      Program<S> part =
          new Program<>(program.before(), program.threads(), program.after().subList(0, begun));
      return new Outcome<>(part, seen.toArray(Result[]::new), new int[0], null);
    }

    private Outcome<S> inThreads() {
      int run = Integer.MAX_VALUE;
      for (int thread = 0; thread < completed.length; thread++) {
        int calls = program.threads().get(thread).size();
        run = Math.min(run, Math.max(0, progress.begun(thread) - 1) / calls);
      }
      List<List<Call<S>>> begun = new ArrayList<>();
      List<Result> seen = new ArrayList<>(List.of(before[run]));
      for (int thread = 0; thread < completed.length; thread++) {
        int calls = program.threads().get(thread).size();
        int count = Math.min(calls, Math.max(0, progress.begun(thread) - run * calls));
        begun.add(program.threads().get(thread).subList(0, count));
        for (int call = run * calls; call < run * calls + count; call++) {
          Result result = results[thread][call];
          seen.add(result == null ? Result.PENDING : result);
        }
      }
      Program<S> part = new Program<>(program.before(), begun, List.of());
      return new Outcome<>(part, seen.toArray(Result[]::new), new int[0], null);
    }

    int completed() {
      int least = Integer.MAX_VALUE;
      for (int count : completed) {
        least = Math.min(least, count);
      }
      return least;
    }

    Outcome<S> finish(int run, S subject, List<Invariant<S>> invariants) {
      Result[] all = new Result[program.calls()];
      int next = copy(before[run], 0, before[run].length, all, 0);
      for (int thread = 0; thread < completed.length; thread++) {
        int calls = program.threads().get(thread).size();
        next = copy(results[thread], run * calls, calls, all, next);
      }
      after = new Result[program.after().size()];
      finishing = run;
      Breach breach = Breach.find(invariants, subject, Breach.Moment.AFTER_THREADS);
      perform(program.after(), subject, after);
      copy(after, 0, after.length, all, next);
      if (breach == null && after.length > 0) {
        breach = Breach.find(invariants, subject, Breach.Moment.AT_THE_END);
      }
      return new Outcome<>(program, all, notesOrder ? order(run) : new int[0], breach);
    }

    private static int copy(Result[] from, int start, int count, Result[] to, int next) {
      System.arraycopy(from, start, to, next, count);
      return next + count;
    }

    /** Counts within this run what the threads noted as counts since the batch began. */
    private int[] order(int run) {
      int threads = completed.length;
      int calls = program.threads().stream().mapToInt(List::size).sum();
      int[] order = new int[calls * threads];
      int next = 0;
      for (int thread = 0; thread < threads; thread++) {
        int mine = program.threads().get(thread).size();
        for (int i = run * mine * threads; i < (run + 1) * mine * threads; i++) {
          int theirs = program.threads().get(i % threads).size();
          order[next++] = Math.max(0, returnedBefore[thread][i] - run * theirs);
        }
      }
      return order;
    }

    private static <S> void perform(List<Call<S>> calls, S subject, Result[] results) {
      for (int i = 0; i < results.length; i++) {
        results[i] = calls.get(i).perform(subject);
      }
    }
  }
}
