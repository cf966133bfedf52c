package dev.tpm2token.interop.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every function answers every row of the table, and the table has all that the standard names. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class FunctionTableTest {
  private World world;
  private ControlAnswers control;

  @BeforeAll
  void begin(Lab lab) {
    world = new World(lab);
    control = ControlAnswers.of(lab.module());
  }

  @AfterAll
  void finish() {
    world.module.finish();
  }

  @TestFactory
  Stream<DynamicContainer> functions() {
    return FunctionTable.rows().stream()
        .map(
            function ->
                DynamicContainer.dynamicContainer(
                    function.function().name(),
                    function.rows().stream().filter(control::can).map(this::test)));
  }

  private DynamicTest test(Row row) {
    Rv expected = control.expected(row);
    return DynamicTest.dynamicTest(
        expected + ": " + row.when(),
        () -> {
          world.begin();
          assertEquals(expected, row.call().in(world), row.function() + ", " + row.when());
        });
  }

  @Test
  void everyFunctionHasItsRows() {
    List<Enum<?>> functions = FunctionTable.rows().stream().map(FunctionRows::function).toList();
    assertEquals(functions.size(), Set.copyOf(functions).size(), "a function has one list of rows");
    for (Fn function : Fn.values()) {
      assertTrue(functions.contains(function), function.name());
    }
    for (NewerFn function : NewerFn.values()) {
      assertTrue(functions.contains(function), function.name());
    }
  }

  @TestFactory
  Stream<DynamicTest> everyReturnValueThatTheStandardNames() {
    return FunctionTable.rows().stream()
        .map(
            function ->
                DynamicTest.dynamicTest(
                    function.function().name(), () -> everyReturnValue(function)));
  }

  private static void everyReturnValue(FunctionRows function) {
    Set<Rv> named = ReturnValues.of(function.function());
    assertTrue(!named.isEmpty(), "return-values.txt has it");
    Set<Rv> shown = EnumSet.noneOf(Rv.class);
    function.rows().forEach(row -> shown.add(row.expected()));
    for (Rv open : function.open().keySet()) {
      assertTrue(named.contains(open), () -> open + " is left open, but nobody names it");
      assertTrue(!shown.contains(open), () -> open + " is left open, but a row shows it");
    }
    EnumSet<Rv> missing = EnumSet.copyOf(named);
    missing.removeAll(shown);
    missing.removeAll(function.open().keySet());
    assertEquals(EnumSet.noneOf(Rv.class), missing, "named, but neither shown nor left open");
  }

  @Test
  void theControlsListNamesRowsThatThereAre() {
    List<Row> rows = FunctionTable.rows().stream().flatMap(f -> f.rows().stream()).toList();
    assertEquals(List.of(), ControlAnswers.read().unknown(rows));
    assertTrue(Arrays.stream(Fn.values()).allMatch(fn -> !ReturnValues.of(fn).isEmpty()));
  }
}
