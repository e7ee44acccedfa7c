/**
 * The lambdas that operations are made of. They may throw whatever they like.
 *
 * @since 0.1.0
 */
@NullMarked
package io.github.threadfast.testkit.function;

import org.jspecify.annotations.NullMarked;
