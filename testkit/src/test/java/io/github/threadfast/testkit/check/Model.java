package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.Model.Call;
import io.github.threadfast.testkit.check.Specification.Step;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** A small class as a pure function over immutable states. */
record Model<S>(String name, S initial, List<Call> calls, BiFunction<S, Call, Step<S>> transition)
    implements Specification<Call, S> {

  record Call(String name, int argument) {
    static Call of(String name) {
      return new Call(name, 0);
    }
  }

  static final Model<Integer> REGISTER =
      new Model<>(
          "register",
          0,
          List.of(new Call("write", 1), new Call("write", 2), Call.of("read")),
          (value, call) ->
              call.name().equals("write") ? done(call.argument()) : returned(value, value));

  static final Model<Integer> COUNTER =
      new Model<>(
          "counter",
          0,
          List.of(new Call("add", 1), Call.of("incrementAndGet"), Call.of("get")),
          (count, call) ->
              switch (call.name()) {
                case "add" -> done(count + call.argument());
                case "incrementAndGet" -> returned(count + 1, count + 1);
                default -> returned(count, count);
              });

  static final Model<List<Integer>> QUEUE =
      new Model<>(
          "queue",
          List.of(),
          List.of(new Call("add", 1), new Call("add", 2), Call.of("remove"), Call.of("toArray")),
          (items, call) ->
              switch (call.name()) {
                case "add" -> done(with(items, call.argument()));
                case "toArray" -> returned(items.toArray(), items);
                default ->
                    items.isEmpty()
                        ? new Step<>(Result.threw(new NoSuchElementException()), items)
                        : returned(items.get(0), items.subList(1, items.size()));
              });

  static final Model<Set<Integer>> SET =
      new Model<>(
          "set",
          Set.of(),
          List.of(new Call("add", 1), new Call("add", 2), new Call("remove", 1), Call.of("size")),
          (elements, call) -> {
            if (call.name().equals("size")) {
              return returned(elements.size(), elements);
            }
            Set<Integer> changed = new HashSet<>(elements);
            boolean different =
                call.name().equals("add")
                    ? changed.add(call.argument())
                    : changed.remove(call.argument());
            return returned(different, Set.copyOf(changed));
          });

  static final List<Model<?>> ALL = List.of(REGISTER, COUNTER, QUEUE, SET);

  @Override
  public Step<S> step(S state, Call call) {
    return transition.apply(state, call);
  }

  @Override
  public String toString() {
    return name;
  }

  private static <S> Step<S> done(S next) {
    return new Step<>(Result.DONE, next);
  }

  private static <S> Step<S> returned(Object value, S next) {
    return new Step<>(Result.returned(value), next);
  }

  private static List<Integer> with(List<Integer> items, int last) {
    return Stream.concat(items.stream(), Stream.of(last)).toList();
  }
}
