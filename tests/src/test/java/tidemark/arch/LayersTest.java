package tidemark.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may import whom: design.md, Layout. There is no list of exceptions. */
class LayersTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("tidemark");

  /** Rules over nothing always hold. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tidemark.state.ExactSum",
        "tidemark.serde.flink.RunKey",
        "tidemark.operators.KeyGroups",
        "tidemark.jobs.MainJob"
      })
  void theClassesAreHere(String name) {
    assertThat(MAIN.contain(name)).as(name).isTrue();
  }

  @Test
  void importsPointTowardsState() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("state")
        .definedBy("tidemark.state..")
        .layer("serde")
        .definedBy("tidemark.serde..")
        .layer("operators")
        .definedBy("tidemark.operators..")
        .layer("jobs")
        .definedBy("tidemark.jobs..")
        .optionalLayer("gateway")
        .definedBy("tidemark.gateway..")
        .whereLayer("jobs")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("gateway")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("operators")
        .mayOnlyBeAccessedByLayers("jobs")
        .whereLayer("serde")
        .mayOnlyBeAccessedByLayers("operators", "jobs", "gateway")
        .whereLayer("state")
        .mayOnlyBeAccessedByLayers("serde", "operators", "jobs", "gateway")
        .check(MAIN);
  }

  @Test
  void stagesDoNotImportEachOther() {
    slices().matching("tidemark.operators.(*)..").should().notDependOnEachOther().check(MAIN);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("tidemark.(**)").should().beFreeOfCycles().check(MAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tidemark.state..",
        "tidemark.serde.wire..",
        "tidemark.serde.partial..",
        "tidemark.serde.table..",
        "tidemark.serde.archive..",
        "tidemark.serde.manifest..",
        "tidemark.gateway.."
      })
  void readersWorkWithoutFlink(String packages) {
    noClasses()
        .that()
        .resideInAPackage(packages)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.flink..")
        .because("the gateway reads with the same classes that the job writes with")
        .allowEmptyShould(packages.startsWith("tidemark.gateway"))
        .check(MAIN);
  }

  @Test
  void stateIsPlainJava() {
    noClasses()
        .that()
        .resideInAPackage("tidemark.state..")
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("java..", "tidemark.state..", "org.apache.commons.codec.digest..")
        .because("the same merge gives the same bits in the stream, in a replay and in the gateway")
        .check(MAIN);
  }

  /** Time is event time or the timer service; System.nanoTime seeds hashes and times nothing. */
  @Test
  void noClockNoChanceNoSleep() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "tidemark.state..", "tidemark.serde..", "tidemark.operators..", "tidemark.jobs..")
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(ThreadLocalRandom.class, "current")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callConstructor(Thread.class, Runnable.class)
        .because("a replay must come to the same result")
        .check(MAIN);
  }
}
