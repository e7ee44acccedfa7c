package io.github.threadfast.testkit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A condition on an object of a class that is given to {@link
 * io.github.threadfast.testkit.Stress#of(Class)}: it must be true whenever no call is under way.
 *
 * <p>The method has no parameters. It returns whether the condition is true; or it returns nothing,
 * and throws if the condition is not true, as an assertion does.
 *
 * @see io.github.threadfast.testkit.Stress#invariant
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Invariant {
  /**
   * Returns what the report calls the invariant.
   *
   * @return the name; the method's own if empty
   */
  String value() default "";
}
