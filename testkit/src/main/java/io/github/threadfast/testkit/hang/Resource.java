package io.github.threadfast.testkit.hang;

import java.util.Optional;

/**
 * An object that threads wait for or hold, known by its class and identity hash alone: most ways to
 * ask the JVM give no more. Two objects of one class may share a hash, once in many million pairs.
 *
 * @param identity the name of the class, an {@code @}, and the hash in hexadecimal
 */
record Resource(String identity) {

  static Resource of(Object object) {
    return new Resource(
        object.getClass().getName() + '@' + Integer.toHexString(System.identityHashCode(object)));
  }

  private String className() {
    return identity.substring(0, identity.lastIndexOf('@'));
  }

  boolean isA(Class<?> type) {
    return className().equals(type.getName()) || className().startsWith(type.getName() + '$');
  }

  /** Returns what of it a thread is given that waits for it, if there is a word for that. */
  Optional<String> gift() {
    return switch (kind()) {
      case "Condition" -> Optional.of("a signal on");
      case "Semaphore" -> Optional.of("a permit of");
      case "CountDownLatch" -> Optional.of("the last count of");
      case "CompletableFuture" -> Optional.of("the completion of");
      default -> Optional.empty();
    };
  }

  /** Returns what a user calls its class: {@code ReentrantLock}, not what it is made of. */
  String kind() {
    String simple = className().substring(className().lastIndexOf('.') + 1);
    if (simple.endsWith("$ConditionObject")) {
      return "Condition";
    }
    return className().startsWith("java.") && simple.indexOf('$') > 0
        ? simple.substring(0, simple.indexOf('$'))
        : simple.replace('$', '.');
  }
}
