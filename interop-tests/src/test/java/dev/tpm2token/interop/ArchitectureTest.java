package dev.tpm2token.interop;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One direction, shim → token-core → tpm-access, and everything in its place. */
@Tag("tpm2token-only")
class ArchitectureTest {
  private static final String TPM = "dev.tpm2token.tpm..";
  private static final String TOKEN = "dev.tpm2token.token..";
  private static final String STORE = "dev.tpm2token.token.store..";
  private static final String SHIM = "dev.tpm2token.shim..";
  private static final String CONFIG = "dev.tpm2token.config..";
  private static final String CLI = "dev.tpm2token.cli..";

  /** The modules, and the package that each lives in. */
  private static final Map<String, String> MODULES =
      Map.of(
          "tpm-access", "dev.tpm2token.tpm",
          "token-core", "dev.tpm2token.token",
          "pkcs11-shim", "dev.tpm2token.shim",
          "config", "dev.tpm2token.config",
          "cli", "dev.tpm2token.cli");

  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    List<Path> folders =
        MODULES.keySet().stream().map(module -> Path.of("..", module, "target/classes")).toList();
    for (Path folder : folders) {
      assertTrue(Files.isDirectory(folder), folder + " is missing: build the other modules first");
    }
    classes = new ClassFileImporter().importPaths(folders);
    assertTrue(classes.size() > MODULES.size(), "there are hardly any classes to judge");
  }

  private static GivenClassesConjunction nothingIn(String... packages) {
    return noClasses().that().resideInAnyPackage(packages);
  }

  private static GivenClassesConjunction nothingOutside(String... packages) {
    return noClasses().that().resideOutsideOfPackages(packages);
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(classes);
  }

  @Test
  void eachModuleKeepsToItsPackage() {
    for (Map.Entry<String, String> module : MODULES.entrySet()) {
      JavaClasses own =
          new ClassFileImporter().importPath(Path.of("..", module.getKey(), "target/classes"));
      for (JavaClass type : own) {
        String name = type.getPackageName();
        assertTrue(
            name.equals(module.getValue()) || name.startsWith(module.getValue() + "."),
            type.getName() + " is in " + module.getKey());
      }
    }
  }

  @Test
  void tpmAccessStandsAlone() {
    check(
        nothingIn(TPM).should().dependOnClassesThat().resideInAnyPackage(TOKEN, SHIM, CONFIG, CLI));
  }

  @Test
  void configStandsAlone() {
    check(
        nothingIn(CONFIG).should().dependOnClassesThat().resideInAnyPackage(TPM, TOKEN, SHIM, CLI));
  }

  @Test
  void tokenCoreKnowsNothingAboveIt() {
    check(nothingIn(TOKEN).should().dependOnClassesThat().resideInAnyPackage(SHIM, CLI));
  }

  @Test
  void theCommandDoesNotKnowTheShim() {
    check(nothingIn(CLI).should().dependOnClassesThat().resideInAnyPackage(SHIM));
  }

  @Test
  void jacksonStaysWhereFilesAndReportsAreReadAndWritten() {
    check(
        nothingOutside(CONFIG, STORE, CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("tools.jackson..", "com.fasterxml.jackson.."));
  }

  @Test
  void theNativeImageIsTheShimsAffair() {
    check(
        nothingOutside(SHIM, CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.graalvm.."));
  }

  @Test
  void nobodyPrintsButTheCommand() {
    check(
        nothingOutside(CLI)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err"));
    check(nothingOutside(CLI).should().callMethod(Throwable.class, "printStackTrace"));
  }
}
