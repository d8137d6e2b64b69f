package io.longrope.search;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Each engine has one package that knows it, and plain ideas know no engine. */
@AnalyzeClasses(packages = "io.longrope.search", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

    @ArchTest
    static final ArchRule JENETICS_STAYS_IN_EVOLUTION = noClasses().that().resideOutsideOfPackage("io.longrope.search.evolution..")
            .should().dependOnClassesThat().resideInAPackage("io.jenetics..");

    @ArchTest
    static final ArchRule KAFKA_STAYS_IN_KAFKA = noClasses().that().resideOutsideOfPackage("io.longrope.search.kafka..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.kafka..", "kafka..", "scala..");

    @ArchTest
    static final ArchRule SEARCH_KNOWS_NO_MODEL = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("ai.djl..", "io.longrope.evaluator..", "io.longrope.progressive..");

    @ArchTest
    static final ArchRule CANDIDATES_KNOW_NOTHING_ABOVE_THEM = noClasses()
            .that().resideInAnyPackage("io.longrope.search.problem..", "io.longrope.search.rope..", "io.longrope.search.space..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.search.evolution..", "io.longrope.search.evaluation..",
                    "io.longrope.search.job..", "io.longrope.search.kafka..");

    @ArchTest
    static final ArchRule EVOLUTION_KNOWS_NO_TRANSPORT = noClasses().that().resideInAPackage("io.longrope.search.evolution..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.search.kafka..", "io.longrope.search.job..");

    @ArchTest
    static final ArchRule NOTHING_BUT_THE_COMMAND_LINE_ENDS_THE_PROCESS = noClasses()
            .should().callMethod(System.class, "exit", int.class)
            .orShould().callMethod(System.class, "currentTimeMillis");
}
