package dev.midifleet.cli.repository;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class DependencyRulesTest {
  private static final JavaClasses PRODUCT = new ClassFileImporter()
      .withImportOption(new ImportOption.DoNotIncludeTests())
      .importPackages("dev.midifleet.common", "dev.midifleet.embedded", "dev.midifleet.producer",
          "dev.midifleet.worker",
          "dev.midifleet.cli");

  @Test
  void all_modules_are_looked_at() {
    for (String root : new String[]{"common", "embedded", "producer", "worker", "cli"}) {
      assertThat(PRODUCT.stream().filter(type -> type.getPackageName().startsWith("dev.midifleet." + root)).count())
          .as(root).isGreaterThan(3);
    }
  }

  @Test
  void only_the_queue_knows_rabbitmq() { onlyIn("com.rabbitmq..", "dev.midifleet.common.queue.."); }

  @Test
  void only_the_packages_of_statements_know_sql() {
    onlyIn("java.sql..", "dev.midifleet.common.catalog..", "dev.midifleet.producer.register..",
        "dev.midifleet.producer.plan..", "dev.midifleet.producer.operate..", "dev.midifleet.producer.query..",
        "dev.midifleet.worker.store..");
  }

  @Test
  void only_reading_parsing_and_kernels_know_foreign_memory() {
    // FileAnalyzer is the door from the bytes to the facts: it hands the segment to the parser and never looks into it.
    noClasses().that()
        .resideOutsideOfPackages("dev.midifleet.worker.read..", "dev.midifleet.worker.parse..",
            "dev.midifleet.worker.analyze.kernel..")
        .and().doNotHaveFullyQualifiedName("dev.midifleet.worker.analyze.FileAnalyzer").should().dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..").check(PRODUCT);
  }

  @Test
  void only_the_kernels_know_the_vector_module() {
    onlyIn("jdk.incubator.vector..", "dev.midifleet.worker.analyze.kernel..");
  }

  @Test
  void parse_score_and_analyze_know_neither_queue_nor_database() {
    noClasses().that()
        .resideInAnyPackage("dev.midifleet.worker.parse..", "dev.midifleet.worker.score..",
            "dev.midifleet.worker.analyze..")
        .should().dependOnClassesThat()
        .resideInAnyPackage("dev.midifleet.common.queue..", "dev.midifleet.common.catalog..",
            "dev.midifleet.worker.store..",
            "java.sql..", "com.rabbitmq..", "com.zaxxer..")
        .check(PRODUCT);
  }

  @Test
  void common_knows_neither_producer_nor_worker_and_they_do_not_know_each_other() {
    noClasses().that().resideInAPackage("dev.midifleet.common..").should().dependOnClassesThat()
        .resideInAnyPackage("dev.midifleet.producer..", "dev.midifleet.worker..", "dev.midifleet.cli..").check(PRODUCT);
    noClasses().that().resideInAPackage("dev.midifleet.producer..").should().dependOnClassesThat()
        .resideInAnyPackage("dev.midifleet.worker..", "dev.midifleet.cli..").check(PRODUCT);
    noClasses().that().resideInAPackage("dev.midifleet.worker..").should().dependOnClassesThat()
        .resideInAnyPackage("dev.midifleet.producer..", "dev.midifleet.cli..").check(PRODUCT);
  }

  @Test
  void the_embedded_postgresql_knows_nothing_of_midifleet_and_only_commands_know_it() {
    noClasses().that().resideInAPackage("dev.midifleet.embedded..").should().dependOnClassesThat()
        .resideInAnyPackage("dev.midifleet.common..", "dev.midifleet.producer..", "dev.midifleet.worker..",
            "dev.midifleet.cli..")
        .check(PRODUCT);
    onlyIn("dev.midifleet.embedded..", "dev.midifleet.embedded..", "dev.midifleet.cli..");
  }

  private static void onlyIn(String what, String... homes) {
    noClasses().that().resideOutsideOfPackages(homes).should().dependOnClassesThat().resideInAPackage(what)
        .check(PRODUCT);
  }
}
