package io.github.threadfast.testkit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An operation of a class that is given to {@link io.github.threadfast.testkit.Stress#of(Class)}:
 * something that a thread can do, any number of times.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/AnnotatedExamples.java" region="cache"}
 *
 * <p>What the method returns or throws is a result, and must be explained. A {@code void} method is
 * an action: what it did must show in the results of others. It has three parameters at most, each
 * with jqwik's {@code @ForAll}. Among those of one class, its name must be unique.
 *
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Operation {
  /**
   * Returns what the report calls the operation.
   *
   * @return the name; the method's own if empty
   */
  String value() default "";

  /**
   * Returns how often the operation is called, compared with the others.
   *
   * @return at least 1, and 1000 at most
   */
  int weight() default 1;

  /**
   * Returns the name of the thread that alone calls the operation, such as the only producer of a
   * queue: in each scenario, all operations that are confined to one name are called by one thread.
   *
   * @return any word, shared by the operations that belong together; empty if any thread may call
   *     the operation
   */
  String confinedTo() default "";
}
