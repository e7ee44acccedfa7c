/**
 * The entry to the test kit: {@link io.github.threadfast.testkit.Stress}. Ready specifications are
 * in {@link io.github.threadfast.testkit.Checks}, and what a memory model allows is counted by
 * {@link io.github.threadfast.testkit.Outcomes}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.github.threadfast.testkit;

import org.jspecify.annotations.NullMarked;
