package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Transition;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A small class as a pure function over immutable states. */
record Toy<S>(
    String name,
    S initial,
    List<Invocation> calls,
    BiFunction<S, Invocation, List<Transition<S>>> transition)
    implements Specification<Invocation, S> {

  static final Toy<Integer> REGISTER =
      new Toy<>(
          "register",
          0,
          List.of(Invocation.of("write", 1), Invocation.of("write", 2), Invocation.of("read")),
          (value, call) ->
              call.operation().equals("write") ? done(argument(call)) : returned(value, value));

  static final Toy<Integer> COUNTER =
      new Toy<>(
          "counter",
          0,
          List.of(Invocation.of("add", 1), Invocation.of("incrementAndGet"), Invocation.of("get")),
          (count, call) ->
              switch (call.operation()) {
                case "add" -> done(count + argument(call));
                case "incrementAndGet" -> returned(count + 1, count + 1);
                default -> returned(count, count);
              });

  static final Toy<List<Integer>> QUEUE =
      new Toy<>(
          "queue",
          List.of(),
          List.of(
              Invocation.of("add", 1),
              Invocation.of("add", 2),
              Invocation.of("remove"),
              Invocation.of("toArray")),
          (items, call) ->
              switch (call.operation()) {
                case "add" -> done(with(items, argument(call)));
                case "toArray" -> returned(items.toArray(), items);
                default ->
                    items.isEmpty()
                        ? List.of(Transition.threw(new NoSuchElementException(), items))
                        : returned(items.get(0), items.subList(1, items.size()));
              });

  static final Toy<Set<Integer>> SET =
      new Toy<>(
          "set",
          Set.of(),
          List.of(
              Invocation.of("add", 1),
              Invocation.of("add", 2),
              Invocation.of("remove", 1),
              Invocation.of("size")),
          (elements, call) -> {
            if (call.operation().equals("size")) {
              return returned(elements.size(), elements);
            }
            Set<Integer> changed = new HashSet<>(elements);
            boolean different =
                call.operation().equals("add")
                    ? changed.add(argument(call))
                    : changed.remove(argument(call));
            return returned(different, Set.copyOf(changed));
          });

  /** Returns any of its items, and nothing while it has none. */
  static final Toy<Set<Integer>> BAG =
      new Toy<>(
          "bag",
          Set.of(),
          List.of(Invocation.of("add", 1), Invocation.of("add", 2), Invocation.of("take")),
          (items, call) -> {
            if (call.operation().equals("take")) {
              return items.stream()
                  .map(item -> Transition.returned(item, changed(items, set -> set.remove(item))))
                  .toList();
            }
            return done(changed(items, set -> set.add(argument(call))));
          });

  /** Forgets what it is told now and then, and does not tell. */
  static final Toy<Integer> FORGETFUL =
      new Toy<>(
          "forgetful counter",
          0,
          List.of(Invocation.of("increment"), Invocation.of("get"), Invocation.of("tryIncrement")),
          (count, call) ->
              switch (call.operation()) {
                case "increment" -> List.of(Transition.done(count), Transition.done(count + 1));
                case "tryIncrement" ->
                    List.of(
                        Transition.returned(false, count), Transition.returned(true, count + 1));
                default -> returned(count, count);
              });

  static final List<Toy<?>> ALL = List.of(REGISTER, COUNTER, QUEUE, SET, BAG, FORGETFUL);

  @Override
  public List<Transition<S>> steps(S state, Invocation call) {
    return transition.apply(state, call);
  }

  @Override
  public String toString() {
    return name;
  }

  private static int argument(Invocation call) {
    return (Integer) call.argument(0);
  }

  private static <S> List<Transition<S>> done(S next) {
    return List.of(Transition.done(next));
  }

  private static <S> List<Transition<S>> returned(Object value, S next) {
    return List.of(Transition.returned(value, next));
  }

  private static List<Integer> with(List<Integer> items, int last) {
    return Stream.concat(items.stream(), Stream.of(last)).toList();
  }

  private static Set<Integer> changed(Set<Integer> set, Consumer<Set<Integer>> change) {
    Set<Integer> changed = new HashSet<>(set);
    change.accept(changed);
    return changed;
  }
}
