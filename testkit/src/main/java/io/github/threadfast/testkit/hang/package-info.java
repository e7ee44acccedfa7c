/** Hangs explained: which thread waits for what, and who could let it go on. */
@NullMarked
package io.github.threadfast.testkit.hang;

import org.jspecify.annotations.NullMarked;
