package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

class MainTest {

    private static final Path CONFIGS = Path.of(System.getProperty("longrope.home"), "configs");

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void aloneItPrintsHelpByPurpose() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Run jobs", "  run ");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void everyCommandIsListedDescribedAndHasAnExample() {
        var console = new Console(new PrintWriter(out), new Terminal(err, 0));
        var root = new CommandLine(new LongropeCommand(console), new Commands(console));
        assertThat(CommandGroups.names()).containsAll(root.getSubcommands().keySet());
        root.getSubcommands().forEach((name, command) -> {
            var help = command.getUsageMessage();
            assertThat(help).as(name).contains("Example: longrope " + name).contains("--help");
            command.getCommandSpec().options()
                    .forEach(option -> assertThat(option.description()).as(name + " " + option.longestName()).isNotEmpty());
        });
    }

    @Test
    void unknownCommandsAndOptionsAreOneLineAndExitCode2() {
        assertThat(run("rum")).isEqualTo(2);
        assertThat(errorLines()).singleElement().asString().contains("'rum'", "did you mean run?");
        assertThat(run("run", "--dry-rum", "plan.yaml")).isEqualTo(2);
        assertThat(errorLines()).hasSize(2).last().asString().contains("--dry-rum", "longrope run --help");
        assertThat(run("run")).isEqualTo(2);
        assertThat(errorLines()).last().asString().contains("PLAN");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            submit plan.yaml --priority high                  | --priority must be a whole number, but was high
            evaluate java-1m --seed 99999999999999999999      | --seed must be a whole number of at most 9223372036854775807, but was 9999
            evaluate java-1m --csv-theta ten                  | --csv-theta must be a number, but was ten
            bench search --factors 4,x                        | --factors must be a whole number, but was x
            bench search --max-evaluations adaptive=many      | --max-evaluations must be a whole number, but was many
            evaluate java-1m --share reprot                   | but was reprot; did you mean 'report'?
            """)
    void valuesOfTheWrongKindAreToldAsEverythingElse(String line, String told) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(errorLines()).singleElement().asString().contains(told, "longrope " + line.substring(0, line.indexOf(' ')), "--help");
    }

    @Test
    void everyProblemOfAPlanIsALineOfItsOwn() throws IOException {
        var plan = Files.writeString(directory.resolve("plan.yaml"), "schema: 1\nname: a\nmodle: b\ndata: {evaluation: c}\nstages: []\n");
        assertThat(run("run", plan.toString(), "--dry-run")).isEqualTo(2);
        assertThat(errorLines()).contains(
                "modle must be a key of a plan here, but was unknown; did you mean 'model'?",
                "stages must be a list of at least one item, but was []");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void dryRunWeighsThePapersPlanWithoutItsCheckpoint() {
        assertThat(run("run", CONFIGS.resolve("llama-2-7b-2048k.yaml").toString(), "--dry-run", "--estimate-for", "h100")).isZero();
        assertThat(out.toString())
                .contains("6.74 G parameters", "400 steps of training by torchrun", "search-2048k", "2048k", "memory");
    }

    @Test
    void dryRunRefusesThePapersFineTunesWhereTheBuiltInTrainerIsToDoThem() {
        var plan = CONFIGS.resolve("llama-2-7b-2048k.yaml").toString();
        var arguments = new ArrayList<>(List.of("run", plan, "--dry-run", "--estimate-for", "h100"));
        for (var stage : List.of("stages[2]", "stages[3]")) {
            for (var setting : List.of("command=null", "timeout=null", "precision=bf16", "recompute=true")) {
                arguments.addAll(List.of("--set", stage + ".fine-tune." + setting));
            }
        }
        assertThat(run(arguments.toArray(String[]::new))).isEqualTo(2);
        assertThat(errorLines()).hasSize(2).allSatisfy(line -> assertThat(line).contains(".fine-tune.train-length must fit the 74.5 GiB"));
    }

    @ParameterizedTest
    @CsvSource({"llama-2-7b-2048k, 30", "llama-3-8b-128k, 8", "mistral-7b-128k, 8", "phi-3-mini-128k, 8"})
    void plansForOneGpuTakeNoMoreHoursThanTheyAreMadeFor(String plan, double most) {
        assertThat(run("run", CONFIGS.resolve(plan + "-one-gpu.yaml").toString(), "--dry-run", "--estimate-for", "h100")).isZero();
        var hours = Pattern.compile("([0-9.]+) hours of one h100").matcher(out.toString());
        assertThat(hours.find()).isTrue();
        assertThat(Double.parseDouble(hours.group(1))).isBetween(1.0, most);
    }

    @Test
    void dryRunOfWhatFitsTheDeviceRefusesNothing() {
        var plan = CONFIGS.resolve("mistral-7b-2048k.yaml").toString();
        assertThat(run("run", plan, "--dry-run", "--estimate-for", "h100")).isZero();
        assertThat(run("run", plan, "--dry-run", "--memory-limit", "2GiB")).isEqualTo(2);
        assertThat(errorLines().get(0)).startsWith("stages[0].search.length must fit the 2.00 GiB of cpu, but was ");
    }

    @Test
    void dryRunTellsOfLayersThatAreReadForEachPass() {
        var plan = CONFIGS.resolve("mistral-7b-128k-one-gpu.yaml").toString();
        run("run", plan, "--dry-run", "--memory-limit", "12GiB");
        assertThat(out.toString()).containsPattern("on cpu: [0-9]+ of 32 layers are read from their files for each pass, [0-9.]+ GB;"
                + " calculated for cpu: .* s of reading beside .* s of arithmetic, 0[.]0 % longer than with all in memory");
        assertThat(errorLines()).noneMatch(line -> line.contains("search.length"));
    }

    @Test
    void devicesThatShareAModelAreNamedWithCommas() {
        var plan = CONFIGS.resolve("mistral-7b-128k-one-gpu.yaml").toString();
        run("run", plan, "--dry-run", "--device", "cpu,cpu", "--memory-limit", "14GiB");
        assertThat(out.toString()).containsPattern("on cpu,cpu: .* layers 0 to 1[0-9] are on cpu, layers 1[0-9] to 31 are on cpu");
        assertThat(run("run", plan, "--dry-run", "--device", "cpu,gpux")).isEqualTo(2);
        assertThat(run("run", plan, "--dry-run", "--device", "gpus")).isEqualTo(2);
        assertThat(errorLines()).last().asString().startsWith("--device must name devices that share a model");
    }

    @Test
    void needlesThatDoNotFitAreAProblemOfThePlanInTheModelsOwnTokens() throws IOException {
        var text = """
                schema: 1
                name: needles
                model: java-1m
                data: {evaluation: text/held-out/commons-io-sources.jar}
                search: {objective: needle}
                stages:
                  - search: {length: 381}
                  - search: {length: 382}
                """;
        var plan = Files.writeString(directory.resolve("plan.yaml"), text);
        assertThat(run("run", plan.toString(), "--dry-run")).isEqualTo(2);
        assertThat(errorLines()).containsExactly("stages[0].search.length must be at least 382, which hold the prompt of objective needle,"
                + " but was 381; objective: perplexity has no prompt");
        Files.writeString(plan, text.replace("381", "1k"));
        assertThat(run("run", plan.toString(), "--dry-run")).isZero();
        assertThat(out.toString()).contains("search-1024  search on latest, by needles    1024          156");
    }

    @Test
    void missingPlanAndMissingModelAreExitCode2() {
        assertThat(run("run", directory.resolve("no.yaml").toString(), "--dry-run")).isEqualTo(2);
        assertThat(errorLines()).last().asString().contains("no.yaml must be a plan file, but was missing");
        assertThat(run("run", CONFIGS.resolve("demo.yaml").toString(), "--dry-run", "--models", directory.toString())).isEqualTo(2);
        assertThat(errorLines()).last().asString().startsWith("model must name a checkpoint directory or a GGUF file below");
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }

    private List<String> errorLines() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
