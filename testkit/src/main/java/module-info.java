/**
 * Assertions that find the race before production does: they run a class from several threads at
 * once and show the smallest run that no order of its operations explains.
 *
 * @since 0.1.0
 */
module io.github.threadfast.testkit {
  requires static org.jspecify;
  requires org.opentest4j;

  exports io.github.threadfast.testkit;
  exports io.github.threadfast.testkit.model;
}
