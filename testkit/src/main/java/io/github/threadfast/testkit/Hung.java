package io.github.threadfast.testkit;

import io.github.threadfast.testkit.hang.Hang;
import io.github.threadfast.testkit.run.Outcome;
import java.util.Optional;

/**
 * A run that does not end.
 *
 * @param underWay the calls begun so far; empty if one thread alone was at work
 * @param hang why it does not end
 */
record Hung<S>(Optional<Outcome<S>> underWay, Hang hang) {}
