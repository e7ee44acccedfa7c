/**
 * Pure models: what a class does when its calls come one at a time, written down instead of run.
 *
 * <p>{@link io.github.threadfast.testkit.model.Model} is what to implement; the other classes named
 * {@code …Model} are ready ones.
 *
 * @since 0.1.0
 */
@NullMarked
package io.github.threadfast.testkit.model;

import org.jspecify.annotations.NullMarked;
