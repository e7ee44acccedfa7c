/**
 * Annotations with which the methods of a class say what they are to a {@link
 * io.github.threadfast.testkit.Stress}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.github.threadfast.testkit.annotation;

import org.jspecify.annotations.NullMarked;
