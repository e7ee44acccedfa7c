/** The failure as its reader sees it. */
@NullMarked
package io.github.threadfast.testkit.report;

import org.jspecify.annotations.NullMarked;
