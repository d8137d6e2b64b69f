package io.longrope.progressive;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.search.json.JsonFault;
import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Stages and the driver talk through the interfaces of search; only the command line chooses what stands behind them. */
class LayeringTest {

    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.longrope.progressive");

    @Test
    void enginesAreKnownBelowOnly() {
        noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("io.jenetics..", "org.apache.kafka..", "kafka..", "ai.djl..").check(CLASSES);
    }

    /** So that nothing is loaded without a plan of its memory. */
    @Test
    void modelsAreLoadedBySessionsOnly() {
        noClasses().should().dependOnClassesThat().haveFullyQualifiedName(Decoder.class.getName()).check(CLASSES);
    }

    /**
     * What a stage decides is the same to the bit on every machine: of {@link Math} only what Java defines exactly, no gaussians of the
     * library, no sums of streams. Of the driver, which decides nothing by figures, only what tells people of them may round as it likes.
     */
    @Test
    void stagesUseExactArithmetic() {
        var exact = Set.of("abs", "min", "max", "sqrt", "floor", "ceil", "rint", "round", "addExact", "multiplyExact", "toIntExact");
        var sums = Set.of("sum", "average", "summaryStatistics");
        noClasses().that().resideInAnyPackage("io.longrope.progressive.stage..", "io.longrope.progressive.plan..",
                        "io.longrope.progressive.driver..")
                .and().doNotHaveSimpleName("SearchReporter").and().doNotHaveSimpleName("ChoiceReporter")
                .and().doNotHaveSimpleName("BestSoFar")
                .should().accessTargetWhere(describe("Math is not exact, gaussians are the library's, or streams are summed", access -> {
                    var owner = access.getTargetOwner();
                    var name = access.getName();
                    return owner.isEquivalentTo(Math.class) && !exact.contains(name)
                            || owner.isAssignableTo(RandomGenerator.class) && name.equals("nextGaussian")
                            || owner.isEquivalentTo(DoubleStream.class) && sums.contains(name);
                })).check(CLASSES);
    }

    @Test
    void stagesKnowNoTransport() {
        noClasses()
            .that().resideInAnyPackage("io.longrope.progressive.stage..", "io.longrope.progressive.report..",
                    "io.longrope.progressive.page..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.search.kafka..", "io.longrope.progressive.cli..")
            .check(CLASSES);
    }

    @Test
    void plansKnowNothingOfWhatCarriesThemOut() {
        noClasses().that().resideInAPackage("io.longrope.progressive.plan..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.progressive.stage..", "io.longrope.progressive.driver..",
                    "io.longrope.progressive.cli..").check(CLASSES);
    }

    /** The driver needs no device: whatever needs a model is asked of workers. */
    @Test
    void driverAndStagesOpenNoModel() {
        noClasses().that().resideInAnyPackage("io.longrope.progressive.stage..", "io.longrope.progressive.driver..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.evaluator.decoder..", "io.longrope.evaluator.session..",
                    "io.longrope.evaluator.training..", "io.longrope.evaluator.metric..", "io.longrope.evaluator.worker..",
                    "io.longrope.progressive.local..").check(CLASSES);
    }

    /** Pages are made of what the job log, the board and the attempts tell, so that any process may serve them. */
    @Test
    void pagesAndTheDriverKnowNothingOfEachOther() {
        noClasses().that().resideInAPackage("io.longrope.progressive.page..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.progressive.driver..", "io.longrope.progressive.monitor..")
            .check(CLASSES);
        noClasses().that().resideOutsideOfPackages("io.longrope.progressive.page..", "io.longrope.progressive.cli..")
            .should().dependOnClassesThat().resideInAPackage("io.longrope.progressive.page..").check(CLASSES);
    }

    @Test
    void driverKnowsNoCommandLine() {
        noClasses().that().resideInAPackage("io.longrope.progressive.driver..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.progressive.cli..", "picocli..").check(CLASSES);
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses().that().doNotHaveSimpleName("Main")
            .should().callMethod(System.class, "exit", int.class).check(CLASSES);
    }

    /** What a parser says names its own options and classes: people are told of broken files in words of theirs. */
    @Test
    void whatParsersSayIsPutIntoWordsInOnePlace() {
        noClasses().that().doNotHaveFullyQualifiedName(JsonFault.class.getName())
            .should().callMethodWhere(target(name("getOriginalMessage"))).check(CLASSES);
    }
}
