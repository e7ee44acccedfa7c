/**
 * Concurrency primitives whose unsafe use cannot be written.
 *
 * @since 0.1.0
 */
module io.github.threadfast {
  // not transitive: whoever uses the module need not have the annotations
  requires static com.google.errorprone.annotations;
  requires static org.jspecify;

  // the flight recorder, which a small run-time image lacks
  requires static jdk.jfr;

  exports io.github.threadfast;
}
