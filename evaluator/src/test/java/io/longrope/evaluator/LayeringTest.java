package io.longrope.evaluator;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The evaluator knows candidates and scores, not how they evolve or travel. */
@AnalyzeClasses(packages = "io.longrope.evaluator", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

    @ArchTest
    static final ArchRule EVALUATOR_KNOWS_NO_SEARCH_AND_NO_TRANSPORT = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("io.jenetics..", "org.apache.kafka..", "kafka..",
                    "io.longrope.search.evolution..", "io.longrope.search.kafka..", "io.longrope.search.job..", "io.longrope.progressive..");

    @ArchTest
    static final ArchRule FILE_FORMATS_NEED_NO_ENGINE = noClasses()
            .that().resideInAnyPackage("io.longrope.evaluator.checkpoint..", "io.longrope.evaluator.text..")
            .should().dependOnClassesThat().resideInAnyPackage("ai.djl.engine..", "ai.djl.ndarray..", "ai.djl.pytorch..");
}
