/** Histories in, verdict out. Nothing here knows about threads or about the class under test. */
@NullMarked
package io.github.threadfast.testkit.check;

import org.jspecify.annotations.NullMarked;
