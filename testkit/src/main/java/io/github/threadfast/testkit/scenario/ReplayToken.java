package io.github.threadfast.testkit.scenario;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A program in one word. It holds no values but their recipes, and which operations there are as a
 * check sum: it is good for the specification that it was made with, and no other.
 */
public final class ReplayToken {
  private static final String PREFIX = "tf1-";

  private ReplayToken() {}

  /** Returns the token of {@code program}, whose calls are of {@code operations}. */
  public static <S> String of(Program<S> program, List<Operation<S>> operations) {
    Writer<S> out = new Writer<>(operations);
    out.number(checkSum(operations));
    out.calls(program.before());
    out.number(program.threads().size());
    program.threads().forEach(out::calls);
    out.calls(program.after());
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  /**
   * Returns the program of {@code token}. Must be called in a {@linkplain Jqwik session}.
   *
   * @throws BadInputException if it is no token, or one of other operations
   */
  public static <S> Program<S> read(String token, List<Operation<S>> operations) {
    if (!token.startsWith(PREFIX)) {
      throw new BadInputException(
          "replay is no token: %s. Copy it from a report; it begins with %s."
              .formatted(Values.show(token), PREFIX),
          null);
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token.substring(PREFIX.length()));
      return new Reader<>(ByteBuffer.wrap(bytes), operations).program();
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new BadInputException(
          ("replay does not fit: %s is broken, or belongs to a specification with other operations or"
                  + " arguments. Take replay out, and let the assertion search again.")
              .formatted(Values.show(token)),
          e);
    }
  }

  /** Returns a number that tells {@code operations} from most others, by names and arguments. */
  public static int checkSum(List<? extends Operation<?>> operations) {
    CRC32 sum = new CRC32();
    for (Operation<?> operation : operations) {
      String signature = operation.name() + "/" + operation.inputs().size() + "\n";
      sum.update(signature.getBytes(StandardCharsets.UTF_8));
    }
    return (int) (sum.getValue() & 0xffff);
  }

  private static final class Writer<S> extends ByteArrayOutputStream {
    private final List<Operation<S>> operations;

    Writer(List<Operation<S>> operations) {
      this.operations = operations;
    }

    void calls(List<Call<S>> calls) {
      number(calls.size());
      for (Call<S> call : calls) {
        number(operations.indexOf(call.operation()));
        for (Argument argument : call.arguments()) {
          number(argument.seed());
          number(argument.path().size());
          argument.path().forEach(this::number);
        }
      }
    }

    /** Writes seven bits a byte, the lowest first; the eighth says that more follow. */
    void number(int number) {
      int rest = number;
      for (; rest >= 0x80; rest >>>= 7) {
        write((rest & 0x7f) | 0x80);
      }
      write(rest);
    }
  }

  private record Reader<S>(ByteBuffer in, List<Operation<S>> operations) {

    Program<S> program() {
      if (number() != checkSum(operations)) {
        throw new IllegalArgumentException("other operations");
      }
      List<Call<S>> before = calls();
      List<List<Call<S>>> threads = new ArrayList<>();
      for (int count = number(); count > 0; count--) {
        threads.add(calls());
      }
      List<Call<S>> after = calls();
      if (in.hasRemaining() || threads.size() < 2 || threads.stream().anyMatch(List::isEmpty)) {
        throw new IllegalArgumentException("not a program");
      }
      return new Program<>(before, threads, after);
    }

    private List<Call<S>> calls() {
      List<Call<S>> calls = new ArrayList<>();
      for (int count = number(); count > 0; count--) {
        Operation<S> operation = operations.get(number());
        calls.add(
            operation.call(
                operation.inputs().stream().map(this::argument).toArray(Argument[]::new)));
      }
      return calls;
    }

    private Argument argument(Input input) {
      Argument argument = input.draw(number());
      for (int steps = number(); steps > 0; steps--) {
        argument = argument.smaller().toList().get(number());
      }
      return argument;
    }

    private int number() {
      int number = 0;
      for (int shift = 0; shift < Integer.SIZE; shift += 7) {
        byte next = in.get();
        number |= (next & 0x7f) << shift;
        if (next >= 0) {
          return number;
        }
      }
      throw new IllegalArgumentException("a number too large");
    }
  }
}
