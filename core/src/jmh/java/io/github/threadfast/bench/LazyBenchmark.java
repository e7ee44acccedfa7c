package io.github.threadfast.bench;

import com.google.common.base.Suppliers;
import io.github.threadfast.Lazy;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import kotlin.LazyKt;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** {@code Lazy} against what else makes a value on first use. */
public class LazyBenchmark {

  /** Returns what no compiler can know beforehand. */
  private static Integer make() {
    return ThreadLocalRandom.current().nextInt(1_000, 1_000_000);
  }

  private static void pollute() {
    List<Supplier<Object>> suppliers =
        List.of(LazyBenchmark::make, Object::new, () -> "text", () -> new int[1], () -> 'c');
    for (int i = 0; i < suppliers.size(); i++) {
      Supplier<Object> one = suppliers.get(i);
      Supplier<Object> other = suppliers.get((i + 1) % suppliers.size());
      Lazy<Object> constant = Lazy.constant(one); // made once in its life: only its get is hot
      Lazy<Object> otherConstant = Lazy.constant(other);
      Lazy<Object> lazy = Lazy.of(one);
      Supplier<Object> memoized = Suppliers.memoize(one::get);
      kotlin.Lazy<Object> kotlin = LazyKt.lazy(one::get);
      Pollution.byResults(
          constant,
          otherConstant,
          lazy,
          memoized,
          kotlin::getValue,
          () -> Lazy.of(one).get(),
          () -> Lazy.of(other).get(),
          () -> Suppliers.memoize(one::get).get(),
          () -> Suppliers.memoize(other::get).get(),
          () -> LazyKt.lazy(one::get).getValue(),
          () -> LazyKt.lazy(other::get).getValue());
    }
  }

  /** In a {@code static final} field, where the compilers may take the value for a constant. */
  @State(Scope.Benchmark)
  public static class Constant {
    private static final Integer PLAIN = make();
    private static final Lazy<Integer> LAZY = Lazy.constant(LazyBenchmark::make);
    private static final Supplier<Integer> MEMOIZED = Suppliers.memoize(LazyBenchmark::make);

    @Setup
    public void setUp() {
      pollute();
    }

    @Benchmark
    @Row(
        value = "Lazy.constant get, chain of 16, static final",
        peer = "plainConstant",
        must = 1 / 1.05,
        aim = 1)
    @Row(
        value = "Lazy.constant get, chain of 16, static final",
        peer = "guavaMemoize",
        must = 12,
        aim = 16)
    public int lazyConstant() {
      return chain(LAZY.get());
    }

    @Benchmark
    public int plainConstant() {
      return chain(PLAIN);
    }

    @Benchmark
    public int guavaMemoize() {
      return chain(MEMOIZED.get());
    }

    /** Sixteen multiplications, each of the one before; without the xor they would be merged. */
    private static int chain(int x) {
      for (int i = 0; i < 16; i++) {
        x = x * 31 ^ 0x55555555;
      }
      return x;
    }
  }

  /**
   * In fields of objects, whose values no compiler knows. One get alone costs less than the clock.
   */
  @State(Scope.Benchmark)
  @OperationsPerInvocation(Instance.MANY)
  public static class Instance {
    static final int MANY = 64;

    private record Owner(
        Lazy<Integer> lazy,
        Lazy<Integer> constant,
        Supplier<Integer> memoized,
        kotlin.Lazy<Integer> kotlin) {}

    private final Owner[] owners = new Owner[MANY];

    @Setup
    public void setUp() {
      pollute();
      for (int i = 0; i < MANY; i++) {
        owners[i] =
            new Owner(
                Lazy.of(LazyBenchmark::make),
                Lazy.constant(LazyBenchmark::make),
                Suppliers.memoize(LazyBenchmark::make),
                LazyKt.lazy(LazyBenchmark::make));
      }
    }

    @Benchmark
    @Row(value = "Lazy.of get, instance field", peer = "guavaMemoize", must = 1.2, aim = 1.4)
    @Row(value = "Lazy.of get, instance field", peer = "kotlinLazy", must = 1.1, aim = 1.2)
    public int lazyOf() {
      int sum = 0;
      for (Owner owner : owners) {
        sum += owner.lazy.get();
      }
      return sum;
    }

    @Benchmark
    @Row(value = "Lazy.constant get, instance field, against Lazy.of", peer = "lazyOf")
    public int lazyConstant() {
      int sum = 0;
      for (Owner owner : owners) {
        sum += owner.constant.get();
      }
      return sum;
    }

    @Benchmark
    public int guavaMemoize() {
      int sum = 0;
      for (Owner owner : owners) {
        sum += owner.memoized.get();
      }
      return sum;
    }

    @Benchmark
    public int kotlinLazy() {
      int sum = 0;
      for (Owner owner : owners) {
        sum += owner.kotlin.getValue();
      }
      return sum;
    }
  }

  /** Made, and used for the first time. */
  @State(Scope.Benchmark)
  public static class First {
    private final Integer value = make();

    @Setup
    public void setUp() {
      pollute();
    }

    @Benchmark
    @Row(value = "Lazy.of create + first get", peer = "guavaMemoize", must = 1.5, aim = 2.4)
    public Integer lazyOf(Blackhole blackhole) {
      Lazy<Integer> lazy = Lazy.of(() -> value);
      blackhole.consume(lazy); // or it would never be made
      return lazy.get();
    }

    @Benchmark
    public Integer guavaMemoize(Blackhole blackhole) {
      Supplier<Integer> memoized = Suppliers.memoize(() -> value);
      blackhole.consume(memoized);
      return memoized.get();
    }
  }
}
