package io.github.threadfast.testkit;

import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Input;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import net.jqwik.api.configurators.ArbitraryConfigurator;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.providers.TypeUsage;

/** Finds out where the arguments of annotated methods come from, as jqwik does for a property. */
final class AnnotatedArguments {
  private static final String CONSTRAINTS = IntRange.class.getPackageName();

  private final Class<?> type;
  private final List<Method> methods;
  private final Supplier<?> instances;
  private final List<ArbitraryConfigurator> configurators;

  /** One for all parameters that are declared alike, so that a key that is put is asked for. */
  private final Map<Source, Input> inputs = new HashMap<>();

  private record Source(String provider, TypeUsage type, List<Annotation> constraints) {}

  AnnotatedArguments(Class<?> type, List<Method> methods, Supplier<?> instances) {
    this.type = type;
    this.methods = methods;
    this.instances = instances;
    this.configurators =
        ServiceLoader.load(ArbitraryConfigurator.class).stream()
            .map(ServiceLoader.Provider::get)
            .sorted()
            .toList();
  }

  /**
   * Returns where the argument for {@code parameter} comes from.
   *
   * @throws IllegalArgumentException if that is not clear
   */
  Input inputOf(Parameter parameter) {
    ForAll forAll = parameter.getAnnotation(ForAll.class);
    if (forAll == null) {
      throw new IllegalArgumentException(
          nameOf(parameter) + " has no @ForAll: add it, so that values are drawn.");
    }
    if (forAll.supplier() != ArbitrarySupplier.NONE.class) {
      throw new IllegalArgumentException(
          nameOf(parameter) + " names a supplier: name a @Provide method instead.");
    }
    if (isConstrainedInside(parameter.getAnnotatedType())) {
      throw new IllegalArgumentException(
          nameOf(parameter)
              + " has a constraint inside its type, which can't be honored here: use a @Provide method.");
    }
    List<Annotation> constraints =
        Stream.of(parameter.getAnnotations()).filter(a -> !(a instanceof ForAll)).toList();
    Source source =
        new Source(
            forAll.value(), TypeUsage.forType(parameter.getParameterizedType()), constraints);
    Input known = inputs.get(source);
    Input input = known == null ? new Input(constrained(parameter, source)) : known;
    inputs.put(source, input);
    return input;
  }

  private Arbitrary<?> constrained(Parameter parameter, Source source) {
    Arbitrary<Object> arbitrary =
        source.provider().isEmpty()
            ? ofType(parameter, source.type())
            : provided(parameter, source);
    for (Annotation constraint : source.constraints()) {
      Arbitrary<Object> before = arbitrary;
      TypeUsage constrained = source.type().withAnnotation(constraint);
      for (ArbitraryConfigurator configurator : configurators) {
        arbitrary = configurator.configure(arbitrary, constrained);
      }
      requireHonored(parameter, constraint, before, arbitrary);
    }
    return arbitrary;
  }

  @SuppressWarnings("ReferenceEquality") // a configurator with nothing to do returns what it got
  private void requireHonored(
      Parameter parameter, Annotation constraint, Arbitrary<?> before, Arbitrary<?> after) {
    if (before == after && isConstraint(constraint)) {
      throw new IllegalArgumentException(
          "%s has a constraint that can't be honored here, @%s: use a @Provide method."
              .formatted(nameOf(parameter), constraint.annotationType().getSimpleName()));
    }
  }

  private static boolean isConstraint(Annotation annotation) {
    return annotation.annotationType().getPackageName().equals(CONSTRAINTS);
  }

  private static boolean isConstrainedInside(AnnotatedType type) {
    if (type instanceof AnnotatedArrayType array) {
      return isConstrained(array.getAnnotatedGenericComponentType());
    }
    return type instanceof AnnotatedParameterizedType generic
        && Stream.of(generic.getAnnotatedActualTypeArguments())
            .anyMatch(AnnotatedArguments::isConstrained);
  }

  private static boolean isConstrained(AnnotatedType type) {
    return Stream.of(type.getAnnotations()).anyMatch(AnnotatedArguments::isConstraint)
        || isConstrainedInside(type);
  }

  private Arbitrary<Object> ofType(Parameter parameter, TypeUsage usage) {
    try {
      return Arbitraries.defaultFor(usage);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "%s is a %s, for which jqwik has no values: name a @Provide method, as in @ForAll(\"…\")."
              .formatted(nameOf(parameter), usage),
          e);
    }
  }

  @SuppressWarnings("unchecked") // arguments are passed as objects
  private Arbitrary<Object> provided(Parameter parameter, Source source) {
    Method provider =
        methods.stream()
            .filter(method -> isProvider(method, source.provider()))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "%s is drawn by \"%s\", but %s has no @Provide method of that name: add it."
                        .formatted(nameOf(parameter), source.provider(), typeName())));
    if (provider.getParameterCount() > 0 || provider.getReturnType() != Arbitrary.class) {
      throw new IllegalArgumentException(
          "%s.%s can't provide values: it must have no parameters, and return an Arbitrary."
              .formatted(typeName(), provider.getName()));
    }
    Arbitrary<?> arbitrary = call(provider);
    return (Arbitrary<Object>) arbitrary;
  }

  private static boolean isProvider(Method method, String name) {
    Provide provide = method.getAnnotation(Provide.class);
    return provide != null
        && (provide.value().isEmpty() ? method.getName() : provide.value()).equals(name);
  }

  private Arbitrary<?> call(Method provider) {
    AnnotatedOperations.makeAccessible(type, provider);
    boolean isStatic = Modifier.isStatic(provider.getModifiers());
    try {
      Object arbitrary = provider.invoke(isStatic ? null : instances.get());
      if (arbitrary instanceof Arbitrary<?> present) {
        return present;
      }
      throw new IllegalArgumentException(
          "%s.%s returned null: it must return an Arbitrary."
              .formatted(typeName(), provider.getName()));
    } catch (BadInputException e) {
      throw new IllegalArgumentException(e.getMessage(), e.getCause());
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "%s.%s threw %s: it must return an Arbitrary."
              .formatted(typeName(), provider.getName(), e.getCause()),
          e.getCause());
    } catch (IllegalAccessException impossible) {
      throw new AssertionError("it was made accessible", impossible);
    }
  }

  private String nameOf(Parameter parameter) {
    return "%s.%s: parameter %s"
        .formatted(typeName(), parameter.getDeclaringExecutable().getName(), parameter.getName());
  }

  private String typeName() {
    return AnnotatedOperations.nameOf(type);
  }
}
