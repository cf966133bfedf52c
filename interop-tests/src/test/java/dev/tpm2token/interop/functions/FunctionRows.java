package dev.tpm2token.interop.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Template;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A function's rows. It begins with a call that succeeds; from that follow the rows that its
 * arguments' kinds make, and each further row says in what it differs from it.
 */
final class FunctionRows {
  private static final Map<String, Value> SAME = Map.of();
  private static final String TEMPLATE = "pTemplate";

  private final Enum<?> function;
  private final List<Argument> arguments;
  private final List<Row> rows = new ArrayList<>();
  private final Map<Rv, String> open = new EnumMap<>(Rv.class);
  private Consumer<World> before = world -> {};
  private Rv success = Rv.CKR_OK;
  private boolean early;

  FunctionRows(Enum<?> function, Argument... arguments) {
    this.function = function;
    this.arguments = List.of(arguments);
  }

  /** What has to be done before the call succeeds, whatever else is wrong. */
  FunctionRows after(Consumer<World> arrangement) {
    before = arrangement;
    return this;
  }

  /** The operation that has to be under way. */
  FunctionRows during(Consumer<World> operation) {
    when(Rv.CKR_OPERATION_NOT_INITIALIZED, "nothing is under way", world -> {});
    return after(operation);
  }

  /** For a function whose only answer this is. */
  FunctionRows answers(Rv rv) {
    success = rv;
    return this;
  }

  /** Other circumstances, in place of those that {@link #after} arranges. */
  FunctionRows when(Rv expected, String words, Consumer<World> arrangement) {
    return row(expected, words, arrangement, SAME);
  }

  /** The usual circumstances, but one argument differs. */
  FunctionRows but(Rv expected, String name, String words, Value value) {
    return row(expected, name + " " + words, world -> before.accept(world), Map.of(name, value));
  }

  /** Other circumstances, and an argument differs too. */
  FunctionRows when(
      Rv expected, String words, Consumer<World> arrangement, String name, Value value) {
    return row(expected, words, arrangement, Map.of(name, value));
  }

  /** As {@link #but}, and with it the operation is over. */
  FunctionRows ends(Rv expected, String name, String words, Value value) {
    return row(
        new Row(
            function,
            expected,
            name + " " + words + ", and that ends it",
            world -> {
              before.accept(world);
              Rv answer = call(world, Map.of(name, value));
              assertEquals(Rv.CKR_OPERATION_NOT_INITIALIZED, call(world, SAME), "it is over");
              return answer;
            }));
  }

  /** As {@link #but}, where several arguments differ. */
  FunctionRows but(Rv expected, String words, Map<String, Value> differing) {
    return row(expected, words, world -> before.accept(world), differing);
  }

  /** Other circumstances, and several arguments differ too. */
  FunctionRows when(
      Rv expected, String words, Consumer<World> arrangement, Map<String, Value> differing) {
    return row(expected, words, arrangement, differing);
  }

  /** The usual circumstances, but with another pTemplate. */
  FunctionRows template(Rv expected, String words, Supplier<Template> template) {
    return template(expected, words, world -> before.accept(world), template);
  }

  /** Other circumstances, and another pTemplate. */
  FunctionRows template(
      Rv expected, String words, Consumer<World> arrangement, Supplier<Template> template) {
    return row(
        expected,
        words,
        arrangement,
        Map.of(TEMPLATE, w -> template.get(), count(), w -> template.get().count()));
  }

  /** The name of the argument after the template. */
  private String count() {
    List<String> names = arguments.stream().map(Argument::name).toList();
    return names.get(names.indexOf(TEMPLATE) + 1);
  }

  /** As of 3.0, C_…Init without a mechanism ends what is under way, and another can begin. */
  FunctionRows terminates(Consumer<World> underWay) {
    return row(
        new Row(
            function,
            Rv.CKR_OK,
            "pMechanism NULL ends what is under way",
            world -> {
              underWay.accept(world);
              Rv answer = call(world, Map.of("pMechanism", w -> null));
              if (answer == Rv.CKR_OK) {
                assertEquals(Rv.CKR_OK, call(world, SAME), "another begins");
              }
              return answer;
            }));
  }

  /** The function is called before C_Initialize. */
  FunctionRows early() {
    early = true;
    return this;
  }

  /** A value that the standard names and that nobody can bring about here, and why. */
  FunctionRows open(Rv rv, String reason) {
    open.put(rv, reason);
    return this;
  }

  FunctionRows row(Row row) {
    rows.add(row);
    return this;
  }

  private FunctionRows row(
      Rv expected, String words, Consumer<World> arrangement, Map<String, Value> differing) {
    return row(
        new Row(
            function,
            expected,
            words,
            world -> {
              arrangement.accept(world);
              return call(world, differing);
            }));
  }

  private Rv call(World world, Map<String, Value> differing) {
    assertTrue(
        arguments.stream().map(Argument::name).toList().containsAll(differing.keySet()),
        () -> function + " has no " + differing.keySet());
    @Nullable Object[] values =
        arguments.stream()
            .map(each -> differing.getOrDefault(each.name(), each.value()).in(world))
            .toArray();
    return early
        ? world.uninitialised(() -> world.call(function, values))
        : world.call(function, values);
  }

  Enum<?> function() {
    return function;
  }

  Map<Rv, String> open() {
    return open;
  }

  /** All of them: success, then what follows from the arguments, then those that were given. */
  List<Row> rows() {
    Map<String, Row> all = new LinkedHashMap<>();
    List<Row> derived = new ArrayList<>();
    derived.add(new Row(function, success, "all is as it should be", w -> arranged(w, SAME)));
    if (ReturnValues.of(function).contains(Rv.CKR_CRYPTOKI_NOT_INITIALIZED)) {
      derived.add(
          new Row(
              function, Rv.CKR_CRYPTOKI_NOT_INITIALIZED, "before C_Initialize", this::tooEarly));
    }
    arguments.forEach(argument -> addMistakes(argument, derived));
    derived.addAll(rows);
    for (Row row : derived) {
      assertTrue(all.put(row.when(), row) == null, () -> function + " twice: " + row.when());
    }
    return List.copyOf(all.values());
  }

  private Rv arranged(World world, Map<String, Value> differing) {
    before.accept(world);
    return call(world, differing);
  }

  private Rv tooEarly(World world) {
    @Nullable Object[] blank =
        arguments.stream()
            .map(each -> isPointer(each) ? world.memory(512) : Long.valueOf(0))
            .toArray();
    return world.uninitialised(() -> world.call(function, blank));
  }

  private static boolean isPointer(Argument argument) {
    return switch (argument.kind()) {
      case MECHANISM, POINTER, INPUT, BUFFER, ROOM, LAST_ROOM -> true;
      default -> false;
    };
  }

  private void addMistakes(Argument argument, List<Row> derived) {
    for (Argument.Mistake mistake : argument.mistakes()) {
      Value wrong = w -> mistake.wrong().of(w, argument.value().in(w));
      derived.add(
          new Row(
              function,
              mistake.expected(),
              argument.name() + " " + mistake.what(),
              w -> arranged(w, Map.of(argument.name(), wrong))));
    }
    if (argument.kind() == Argument.Kind.BUFFER) {
      derived.add(
          goesOn(
              Rv.CKR_OK,
              argument.name() + " NULL: its length",
              Map.of(argument.name(), w -> null)));
    }
    if (isRoom(argument)) {
      derived.add(
          goesOn(
              Rv.CKR_BUFFER_TOO_SMALL,
              argument.name() + " of 0",
              Map.of(argument.name(), w -> w.ulong(0))));
    }
  }

  /**
   * Section 5.2: the length is told, nothing is done, and the same call with room for it all
   * succeeds.
   */
  private Row goesOn(Rv expected, String words, Map<String, Value> differing) {
    return new Row(
        function,
        expected,
        words,
        world -> {
          before.accept(world);
          Rv answer = call(world, differing);
          assertTrue(lastRoom(world) > 0, "the length is told");
          assertEquals(Rv.CKR_OK, call(world, SAME), "it goes on");
          return answer;
        });
  }

  private static boolean isRoom(Argument argument) {
    return argument.kind() == Argument.Kind.ROOM || argument.kind() == Argument.Kind.LAST_ROOM;
  }

  private long lastRoom(World world) {
    int index = 0;
    while (!isRoom(arguments.get(index))) {
      index++;
    }
    return ((Pointer) world.given(index)).getLong(0);
  }
}
