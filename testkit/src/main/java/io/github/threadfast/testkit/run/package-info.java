/** Running a class: alone, as its own model, and from many threads at once, as a history. */
@NullMarked
package io.github.threadfast.testkit.run;

import org.jspecify.annotations.NullMarked;
