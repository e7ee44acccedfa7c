package io.github.threadfast.testkit.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * An action of a class that is given to {@link io.github.threadfast.testkit.Stress#of(Class)}: it
 * runs once in every scenario, before everything else. The method has no parameters.
 *
 * @see io.github.threadfast.testkit.Stress#before
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Before {
  /**
   * Returns what the report calls the action.
   *
   * @return the name; the method's own if empty
   */
  String value() default "";
}
