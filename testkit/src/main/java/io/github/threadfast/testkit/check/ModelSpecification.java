package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.CounterModel;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.RegisterModel;
import io.github.threadfast.testkit.model.SetModel;
import io.github.threadfast.testkit.model.StackModel;
import io.github.threadfast.testkit.model.Transition;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model as the specification of calls that can be seen as invocations.
 *
 * @param <C> a call
 * @param <T> a state
 * @param model the model
 * @param invocation what the model is to see of a call
 */
public record ModelSpecification<C, T>(Model<T> model, Function<C, Invocation> invocation)
    implements Specification<C, T> {

  @Override
  public T initial() {
    return model.initial();
  }

  @Override
  public Collection<Transition<T>> steps(T state, C call) {
    return model.step(state, invocation.apply(call));
  }

  @Override
  public @Nullable Object key(C call) {
    return model.key(invocation.apply(call));
  }

  @Override
  public Monitor<C> monitor() {
    if (model instanceof QueueModel queue) {
      return ContainerMonitor.of(queue, invocation);
    }
    if (model instanceof StackModel stack) {
      return ContainerMonitor.of(stack, invocation);
    }
    if (model instanceof SetModel set) {
      return new SetMonitor<>(set, invocation);
    }
    if (model instanceof RegisterModel register) {
      return new RegisterMonitor<>(register, invocation);
    }
    if (model instanceof CounterModel counter) {
      return new CounterMonitor<>(counter, invocation);
    }
    return Specification.super.monitor();
  }
}
