package io.longrope.search;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.longrope.search.json.JsonFault;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Each engine has one package that knows it, and plain ideas know no engine. */
class LayeringTest {

    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.longrope.search");

    @Test
    void jeneticsStaysInEvolution() {
        noClasses().that().resideOutsideOfPackage("io.longrope.search.evolution..")
            .should().dependOnClassesThat().resideInAPackage("io.jenetics..").check(CLASSES);
    }

    @Test
    void kafkaStaysInKafka() {
        noClasses().that().resideOutsideOfPackage("io.longrope.search.kafka..")
            .should().dependOnClassesThat().resideInAnyPackage("org.apache.kafka..", "kafka..", "scala..").check(CLASSES);
    }

    @Test
    void searchKnowsNoModel() {
        noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("ai.djl..", "io.longrope.evaluator..", "io.longrope.progressive..")
            .check(CLASSES);
    }

    @Test
    void candidatesKnowNothingAboveThem() {
        noClasses()
            .that().resideInAnyPackage("io.longrope.search.problem..", "io.longrope.search.rope..", "io.longrope.search.space..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.search.evolution..", "io.longrope.search.work..",
                    "io.longrope.search.job..", "io.longrope.search.kafka..").check(CLASSES);
    }

    @Test
    void evolutionKnowsNoTransport() {
        noClasses().that().resideInAPackage("io.longrope.search.evolution..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.search.kafka..", "io.longrope.search.job..").check(CLASSES);
    }

    /** What enters a decision is the same to the bit on every machine: of {@link Math} only what Java defines exactly. */
    @Test
    void decisionsUseExactArithmetic() {
        noClasses().that().resideInAnyPackage("io.longrope.search.rope..", "io.longrope.search.space..", "io.longrope.search.evolution..")
            .should().accessTargetWhere(InexactArithmetic.IS_CALLED).check(CLASSES);
    }

    @Test
    void nothingButTheCommandLineEndsTheProcess() {
        noClasses()
            .should().callMethod(System.class, "exit", int.class)
            .orShould().callMethod(System.class, "currentTimeMillis").check(CLASSES);
    }

    /** What a parser says names its own options and classes: people are told of broken files in words of theirs. */
    @Test
    void whatParsersSayIsPutIntoWordsInOnePlace() {
        noClasses().that().doNotHaveFullyQualifiedName(JsonFault.class.getName())
            .should().callMethodWhere(target(name("getOriginalMessage"))).check(CLASSES);
    }
}
