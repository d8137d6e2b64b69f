package io.longrope.progressive;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/** Stages and the driver talk through the interfaces of search; only the command line chooses what stands behind them. */
@AnalyzeClasses(packages = "io.longrope.progressive", importOptions = ImportOption.DoNotIncludeTests.class)
class LayeringTest {

    @ArchTest
    static final ArchRule ENGINES_ARE_KNOWN_BELOW_ONLY = noClasses()
            .should().dependOnClassesThat().resideInAnyPackage("io.jenetics..", "org.apache.kafka..", "kafka..", "ai.djl..");

    @ArchTest
    static final ArchRule STAGES_KNOW_NO_TRANSPORT = noClasses()
            .that().resideInAnyPackage("io.longrope.progressive.stage..", "io.longrope.progressive.report..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.search.kafka..", "io.longrope.progressive.cli..");

    @ArchTest
    static final ArchRule DRIVER_KNOWS_NO_COMMAND_LINE = noClasses().that().resideInAPackage("io.longrope.progressive.driver..")
            .should().dependOnClassesThat().resideInAnyPackage("io.longrope.progressive.cli..", "picocli..");

    @ArchTest
    static final ArchRule ONLY_MAIN_ENDS_THE_PROCESS = noClasses().that().doNotHaveSimpleName("Main")
            .should().callMethod(System.class, "exit", int.class);
}
