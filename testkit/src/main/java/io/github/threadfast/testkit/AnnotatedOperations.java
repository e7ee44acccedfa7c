package io.github.threadfast.testkit;

import io.github.threadfast.testkit.annotation.Afterwards;
import io.github.threadfast.testkit.annotation.Before;
import io.github.threadfast.testkit.annotation.Invariant;
import io.github.threadfast.testkit.annotation.Operation;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Input;
import io.github.threadfast.testkit.scenario.Operation.Body;
import io.github.threadfast.testkit.scenario.Operation.Place;
import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads a specification from the annotated methods of a class. */
final class AnnotatedOperations<S> {
  private static final int MAX_ARGUMENTS = 3;
  private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

  private final Class<S> type;

  /** In the order of their names, since Java knows none, and a replay token relies on one. */
  private final List<Method> methods;

  private AnnotatedOperations(Class<S> type) {
    this.type = type;
    this.methods =
        allMethods(type).stream()
            .sorted(Comparator.comparing(Method::getName).thenComparing(Method::toString))
            .toList();
  }

  /**
   * Returns the specification of {@code type}.
   *
   * @throws IllegalArgumentException if it can't be read
   */
  static <S> Settings<S> of(Class<S> type) {
    return new AnnotatedOperations<>(type).settings();
  }

  private Settings<S> settings() {
    Supplier<S> supplier = supplier();
    AnnotatedArguments arguments = new AnnotatedArguments(type, methods, supplier);
    List<io.github.threadfast.testkit.scenario.Operation<S>> operations = new ArrayList<>();
    for (Method method : annotatedWith(Before.class)) {
      operations.add(fixed(method, method.getAnnotation(Before.class).value(), Place.BEFORE));
    }
    for (Method method : annotatedWith(Operation.class)) {
      operations.add(operation(method, arguments));
    }
    for (Method method : annotatedWith(Afterwards.class)) {
      String name = method.getAnnotation(Afterwards.class).value();
      operations.add(fixed(method, name, Place.AFTERWARDS));
    }
    requireOperations();
    requireUniqueNames(operations);
    return new Settings<S>(supplier)
        .with(copy -> {
          copy.operations = confined(operations);
          copy.invariants = annotatedWith(Invariant.class).stream().map(this::invariant).toList();
        });
  }

  private List<Method> annotatedWith(Class<? extends Annotation> annotation) {
    return methods.stream().filter(method -> method.isAnnotationPresent(annotation)).toList();
  }

  private void requireOperations() {
    if (annotatedWith(Operation.class).isEmpty()) {
      throw new IllegalArgumentException(
          nameOf(type) + " has no operations: annotate what threads do with @Operation.");
    }
  }

  private void requireUniqueNames(
      List<io.github.threadfast.testkit.scenario.Operation<S>> operations) {
    Set<String> names = new HashSet<>();
    for (io.github.threadfast.testkit.scenario.Operation<S> operation : operations) {
      if (!names.add(operation.name())) {
        throw new IllegalArgumentException(
            "%s has two operations named \"%s\": give one another name, as in @Operation(\"…\")."
                .formatted(nameOf(type), operation.name()));
      }
    }
  }

  private io.github.threadfast.testkit.scenario.Operation<S> fixed(
      Method method, String name, Place place) {
    requireInstanceMethod(method);
    requireNoParameters(method);
    return new io.github.threadfast.testkit.scenario.Operation<>(
        nameOr(name, method), place, 1, Set.of(), List.of(), body(method, place == Place.BEFORE));
  }

  private io.github.threadfast.testkit.scenario.Operation<S> operation(
      Method method, AnnotatedArguments arguments) {
    Operation annotation = method.getAnnotation(Operation.class);
    requireInstanceMethod(method);
    if (method.getParameterCount() > MAX_ARGUMENTS) {
      throw new IllegalArgumentException(
          "%s has %d parameters: an operation has %d at most."
              .formatted(nameOf(method), method.getParameterCount(), MAX_ARGUMENTS));
    }
    Stress.requireWeight(annotation.weight());
    List<Input> inputs = Stream.of(method.getParameters()).map(arguments::inputOf).toList();
    return new io.github.threadfast.testkit.scenario.Operation<>(
        nameOr(annotation.value(), method),
        Place.ANYWHERE,
        annotation.weight(),
        annotation.confinedTo().isEmpty() ? Set.of() : Set.of(annotation.confinedTo()),
        inputs,
        body(method, false));
  }

  /** Replaces the names of threads by those of the operations that are confined to them. */
  private List<io.github.threadfast.testkit.scenario.Operation<S>> confined(
      List<io.github.threadfast.testkit.scenario.Operation<S>> operations) {
    Map<Set<String>, Set<String>> groups = new LinkedHashMap<>();
    operations.forEach(operation ->
        groups
            .computeIfAbsent(operation.confinement(), thread -> new LinkedHashSet<>())
            .add(operation.name()));
    return operations.stream()
        .map(operation ->
            operation.confinement().isEmpty()
                ? operation
                : operation.confinedWith(groups.getOrDefault(operation.confinement(), Set.of())))
        .toList();
  }

  private io.github.threadfast.testkit.scenario.Invariant<S> invariant(Method method) {
    requireInstanceMethod(method);
    requireNoParameters(method);
    Class<?> result = method.getReturnType();
    if (result != void.class && result != boolean.class) {
      throw new IllegalArgumentException(
          "%s returns %s: an invariant returns boolean, or void and throws if it is not true."
              .formatted(nameOf(method), nameOf(result)));
    }
    MethodHandle handle = handle(method);
    return new io.github.threadfast.testkit.scenario.Invariant<>(
        nameOr(method.getAnnotation(Invariant.class).value(), method),
        subject -> {
          Object holds = handle.invokeExact((Object) subject, new Object[0]);
          return result == void.class || Boolean.TRUE.equals(holds);
        });
  }

  private static String nameOr(String name, Method method) {
    return name.isBlank() ? method.getName() : name;
  }

  private void requireInstanceMethod(Method method) {
    if (Modifier.isStatic(method.getModifiers())) {
      throw new IllegalArgumentException(
          nameOf(method) + " is static: it must belong to the object that the threads share.");
    }
  }

  private void requireNoParameters(Method method) {
    if (method.getParameterCount() > 0) {
      throw new IllegalArgumentException(
          nameOf(method) + " has parameters: only the parameters of an @Operation can be drawn.");
    }
  }

  private Body<S> body(Method method, boolean ignoresResult) {
    MethodHandle handle = handle(method);
    boolean isAction = ignoresResult || method.getReturnType() == void.class;
    return (subject, arguments) -> {
      Object result = handle.invokeExact((Object) subject, arguments);
      return isAction ? Result.DONE : Result.returned(result);
    };
  }

  /** Returns {@code method} as {@code Object f(Object subject, Object[] arguments)}. */
  private MethodHandle handle(Method method) {
    makeAccessible(method);
    try {
      return LOOKUP
          .unreflect(method)
          .asFixedArity()
          .asType(MethodType.genericMethodType(1 + method.getParameterCount()))
          .asSpreader(Object[].class, method.getParameterCount());
    } catch (IllegalAccessException impossible) {
      throw new AssertionError("it was made accessible", impossible);
    }
  }

  private Supplier<S> supplier() {
    requireConcrete();
    Constructor<S> constructor;
    try {
      constructor = type.getDeclaredConstructor();
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          nameOf(type) + " has no constructor without parameters: add one.", e);
    }
    makeAccessible(constructor);
    MethodHandle handle;
    try {
      handle = LOOKUP.unreflectConstructor(constructor).asType(MethodType.genericMethodType(0));
    } catch (IllegalAccessException impossible) {
      throw new AssertionError("it was made accessible", impossible);
    }
    return () -> {
      try {
        return type.cast((Object) handle.invokeExact());
      } catch (Throwable thrown) {
        throw new BadInputException(
            "The constructor of %s threw %s. It must make a new object for every run."
                .formatted(nameOf(type), thrown),
            thrown);
      }
    };
  }

  private void requireConcrete() {
    if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
      throw new IllegalArgumentException(
          nameOf(type)
              + " is abstract: every run needs an object of it. Give a class that can be made.");
    }
    if (type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers())) {
      throw new IllegalArgumentException(
          nameOf(type) + " is an inner class: every run needs an object of it. Make it static.");
    }
  }

  private void makeAccessible(AccessibleObject member) {
    makeAccessible(type, member);
  }

  static void makeAccessible(Class<?> type, AccessibleObject member) {
    try {
      member.setAccessible(true);
    } catch (InaccessibleObjectException e) {
      throw new IllegalArgumentException(
          "%s can't be reached: open the package %s to io.github.threadfast.testkit in module-info.java."
              .formatted(nameOf(type), type.getPackageName()),
          e);
    }
  }

  /** Returns the methods of {@code type} and its superclasses, without those overridden. */
  private static List<Method> allMethods(Class<?> type) {
    List<Method> methods = new ArrayList<>();
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      for (Method method : c.getDeclaredMethods()) {
        if (!method.isSynthetic() && methods.stream().noneMatch(m -> overrides(m, method))) {
          methods.add(method);
        }
      }
    }
    return methods;
  }

  private static boolean overrides(Method method, Method inherited) {
    return !Modifier.isPrivate(inherited.getModifiers())
        && method.getName().equals(inherited.getName())
        && Arrays.equals(method.getParameterTypes(), inherited.getParameterTypes());
  }

  private String nameOf(Method method) {
    return nameOf(type) + "." + method.getName();
  }

  static String nameOf(Class<?> type) {
    return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
  }
}
