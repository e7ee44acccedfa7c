package io.github.threadfast.bench;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A row of the goals. The benchmark that carries it is ours, and another of the same class is the
 * peer. {@link Bench} runs both and prints how many times as fast ours is.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(Row.Rows.class)
public @interface Row {
  /** What is measured, in the words of the goals. */
  String value();

  /** The method of the peer's benchmark. */
  String peer();

  /** What the ratio must reach. Zero for a figure that has no bar. */
  double must() default 0;

  /** What the design should reach. Zero if that is no more than the bar. */
  double aim() default 0;

  /** How many bytes a call of ours may allocate. */
  double bytes() default Double.POSITIVE_INFINITY;

  /**
   * How often a call of ours may run the function that it is given: from the events {@code runs}
   * and {@code calls} of its {@link org.openjdk.jmh.annotations.AuxCounters}.
   */
  double runs() default Double.POSITIVE_INFINITY;

  /** Which percentile of the times is compared, if they are sampled. The mean, if none is given. */
  double percentile() default Double.NaN;

  /** The parameters it is about, as {@code size=1000}. All combinations, if there are none. */
  String[] where() default {};

  /** The first JDK that can run it. */
  int jdk() default 17;

  /** More than one. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @interface Rows {
    /** The rows. */
    Row[] value();
  }
}
