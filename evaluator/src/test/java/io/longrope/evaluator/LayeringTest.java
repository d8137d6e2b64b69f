package io.longrope.evaluator;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.search.json.JsonFault;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** The evaluator knows candidates and scores, not how they evolve or travel. */
class LayeringTest {

    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.longrope.evaluator");

    @Test
    void evaluatorKnowsNoSearchAndNoTransport() {
        noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("io.jenetics..", "org.apache.kafka..", "kafka..",
                    "io.longrope.search.evolution..", "io.longrope.search.kafka..", "io.longrope.search.job..", "io.longrope.progressive..")
                    .check(CLASSES);
    }

    /** So that nothing is loaded without a plan of its memory. */
    @Test
    void onlyASessionLoadsModels() {
        noClasses().that().doNotHaveFullyQualifiedName(ModelSession.class.getName())
            .should().callMethod(Decoder.class, "load", Checkpoint.class, DecoderOptions.class).check(CLASSES);
    }

    @Test
    void fileFormatsNeedNoEngine() {
        noClasses()
            .that().resideInAnyPackage("io.longrope.evaluator.checkpoint..", "io.longrope.evaluator.text..")
            .should().dependOnClassesThat().resideInAnyPackage("ai.djl.engine..", "ai.djl.ndarray..", "ai.djl.pytorch..").check(CLASSES);
    }

    /** What a parser says names its own options and classes: people are told of broken files in words of theirs. */
    @Test
    void whatParsersSayIsPutIntoWordsInOnePlace() {
        noClasses().that().doNotHaveFullyQualifiedName(JsonFault.class.getName())
            .should().callMethodWhere(target(name("getOriginalMessage"))).check(CLASSES);
    }
}
