package io.github.threadfast.testkit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An operation of a class that is given to {@link io.github.threadfast.testkit.Stress#of(Class)}:
 * it runs once in every scenario, when all threads have ended and after everything else. The method
 * has no parameters. What it returns, if anything, must be explained.
 *
 * @see io.github.threadfast.testkit.Stress#afterwards
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Afterwards {
  /**
   * Returns what the report calls the operation.
   *
   * @return the name; the method's own if empty
   */
  String value() default "";
}
