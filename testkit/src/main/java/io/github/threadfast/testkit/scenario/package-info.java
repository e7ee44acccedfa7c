/** What is run: operations, and the scenarios made of them. Nothing here starts a thread. */
@NullMarked
package io.github.threadfast.testkit.scenario;

import org.jspecify.annotations.NullMarked;
