package dev.tpm2token.interop.wycheproof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Session.Output;
import dev.tpm2token.interop.harness.Lab;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;

/** A session that the vectors are put to, one after the other. */
final class Run implements AutoCloseable {
  /** Why vectors are not run, in more than one class. */
  static final String NO_HASH = "a hash that has no mechanism here";

  /** Why the control does not run them. */
  static final String NO_MECHANISM = "a mechanism that the control does not have";

  private static final int SHOWN = 12;

  private final boolean control;
  final Cryptoki module;
  final long slot;
  final Session session;
  final Keys keys;

  Run(Lab lab) {
    control = lab.module().control();
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("wycheproof");
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    keys = new Keys(session);
  }

  @Override
  public void close() {
    module.finish();
  }

  boolean isControl() {
    return control;
  }

  /** Whether this is the control, and has no such mechanism. That we have ours is not asked. */
  boolean lacks(long mechanism) {
    return control && !module.has(slot, mechanism);
  }

  /** Asserts that a vector is accepted, or refused with this return value and no other. */
  void expect(Vector vector, Rv refusal, Rv answer) {
    Rv answered = control && answer != Rv.CKR_OK ? refusal : answer; // it says no in other words
    switch (vector.result()) {
      case VALID -> assertEquals(Rv.CKR_OK, answered);
      case INVALID -> assertEquals(refusal, answered);
      case ACCEPTABLE -> assertTrue(Set.of(Rv.CKR_OK, refusal).contains(answered), answer::name);
    }
  }

  /** The same, and what comes of it is what the vector says. */
  void expect(Vector vector, Rv refusal, byte[] expected, Output output) {
    expect(vector, refusal, output.rv());
    if (output.rv() == Rv.CKR_OK) {
      assertEquals(Bytes.hex(expected), Bytes.hex(output.bytes()));
    }
  }

  /** Whether the module has this hash. */
  boolean has(Hash hash) {
    return hash.digest != 0 && module.has(slot, hash.digest);
  }

  /**
   * A test for each file that a pattern matches, and, unless this is the control, one that
   * docs/conformance.md says what became of them.
   */
  DynamicContainer family(String pattern, Check check) {
    Tally tally = new Tally();
    List<String> files =
        VectorFile.names().stream().filter(name -> ConformancePage.matches(pattern, name)).toList();
    assertFalse(files.isEmpty(), pattern);
    Stream<DynamicTest> tests =
        files.stream().map(name -> dynamicTest(name, () -> file(name, check, tally)));
    Stream<DynamicTest> page =
        control ? Stream.empty() : Stream.of(dynamicTest("page", () -> page(pattern, tally)));
    return dynamicContainer(pattern, Stream.concat(tests, page));
  }

  private void file(String name, Check check, Tally tally) {
    List<String> failures = new ArrayList<>();
    List<Vector> vectors = VectorFile.read(name).vectors();
    for (Vector vector : vectors) {
      try {
        Optional<String> reason = check.of(vector);
        reason.ifPresentOrElse(tally::notRun, tally::passed);
      } catch (AssertionError | RuntimeException e) {
        failures.add(vector + ": " + e.getMessage());
      }
    }
    keys.forget();
    if (!failures.isEmpty()) {
      throw new AssertionError(
          "%d of %d vectors fail:\n%s"
              .formatted(
                  failures.size(),
                  vectors.size(),
                  String.join("\n", failures.subList(0, Math.min(SHOWN, failures.size())))));
    }
  }

  private static void page(String pattern, Tally tally) {
    String row = tally.row(pattern);
    ConformancePage.write(pattern, row);
    assertEquals(
        row,
        ConformancePage.row(pattern),
        "-Dconformance.write puts that into docs/conformance.md");
  }
}
