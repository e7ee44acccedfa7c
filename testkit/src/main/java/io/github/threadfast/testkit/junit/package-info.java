/**
 * What the test kit adds to JUnit Jupiter, which only this package needs: {@link
 * io.github.threadfast.testkit.junit.Concurrently}.
 *
 * @since 0.1.0
 */
@NullMarked
package io.github.threadfast.testkit.junit;

import org.jspecify.annotations.NullMarked;
