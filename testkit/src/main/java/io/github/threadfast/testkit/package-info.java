/**
 * The entry to the test kit: {@link io.github.threadfast.testkit.Stress}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.github.threadfast.testkit;

import org.jspecify.annotations.NullMarked;
