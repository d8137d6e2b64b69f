package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.plan.PlanSurroundings;
import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.progressive.stage.PlanFacts;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Objective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Plans for the published config.json of models people extend, as far as it bears on size and position. */
class PlanCommandTest {

    private static final Map<String, String> CONFIGS = Map.of(
            "Llama-2-7b-hf", """
                {"model_type": "llama", "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 11008,
                 "max_position_embeddings": 4096,
                 "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "rms_norm_eps": 1e-05, "rope_scaling": null,
                 "tie_word_embeddings": false, "vocab_size": 32000, "bos_token_id": 1, "eos_token_id": 2}""",
            "Mistral-7B-v0.1", """
                {"model_type": "mistral", "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 14336,
                 "max_position_embeddings": 32768,
                 "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
                 "sliding_window": 4096, "tie_word_embeddings": false, "vocab_size": 32000, "bos_token_id": 1, "eos_token_id": 2}""",
            "Meta-Llama-3-8B", """
                {"model_type": "llama", "hidden_act": "silu", "hidden_size": 4096, "intermediate_size": 14336,
                 "max_position_embeddings": 8192,
                 "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
                 "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
                 "tie_word_embeddings": false, "vocab_size": 128256, "bos_token_id": 128000, "eos_token_id": 128001}""",
            "Phi-3-mini-4k-instruct", """
                {"model_type": "phi3", "hidden_act": "silu", "hidden_size": 3072, "intermediate_size": 8192,
                 "max_position_embeddings": 4096,
                 "original_max_position_embeddings": 4096, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32,
                 "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000.0, "sliding_window": 2047, "tie_word_embeddings": false,
                 "vocab_size": 32064, "bos_token_id": 1, "eos_token_id": 32000}""");

    @TempDir
    private Path directory;
    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource({
        "Llama-2-7b-hf,          2048k, ,   4k, 131072 262144, 524288 1048576 2097152",
        "Mistral-7B-v0.1,        2048k, 8k, 8k, 131072 262144,        524288 1048576 2097152",
        "Meta-Llama-3-8B,        128k,  ,   8k, 131072,        ''",
        "Phi-3-mini-4k-instruct, 128k,  ,   4k, 65536 131072,  ''",
        "Phi-3-mini-4k-instruct, 16k,   ,   4k, '',            ''",
        "Meta-Llama-3-8B,        300000, ,  8k, 150000 300000, ''"})
    void thePlanOfAModelReadsBackWithTheChainOfThePaper(String model, String target, String original, String window, String tuned,
    String multiplied)
            throws IOException {
        var plan = plan(model, target, original, List.of("--device", "a100", "--engine", "vllm", "--training", "t", "--evaluation", "e"));
        assertThat(lengths(plan, FineTuneStagePlan.class)).isEqualTo(tuned);
        assertThat(String.join(" ", plan.stages().stream().filter(stage -> stage instanceof SearchStagePlan search && search.multipliers())
                .map(stage -> Integer.toString(((SearchStagePlan) stage).length())).toList())).isEqualTo(multiplied);
        assertThat(plan.largestLength()).hasValue(TokenCounts.parse("target", target));
        assertThat(plan.stages().stream().anyMatch(RecoveryStagePlan.class::isInstance)).isEqualTo(!tuned.isEmpty());
        assertThat(plan.report().lengths().get(0)).isEqualTo(TokenCounts.parse("window", window));
        plan.stages().stream().filter(FineTuneStagePlan.class::isInstance).map(FineTuneStagePlan.class::cast).forEach(tune -> {
            assertThat(tune.command()).as("seven billion weights and their moments fit no one device").isPresent();
            assertThat(tune.trainLength()).isLessThanOrEqualTo(16 * 1024);
        });
        assertThat(text()).contains("evaluations", "a100 hours", "of memory", "longrope export runs/" + plan.name() + " --to vllm");
    }

    @Test
    void theShippedModelIsTrainedByTheBuiltInTrainer() throws IOException {
        var shipped = Path.of(System.getProperty("longrope.home"), "evaluator/models/java-1m");
        var plan = read(shipped, "8192", null, List.of("--device", "cpu"));
        assertThat(plan.model()).isEqualTo("java-1m");
        assertThat(plan.stages()).filteredOn(FineTuneStagePlan.class::isInstance).hasSize(2).allSatisfy(stage -> {
            assertThat(((FineTuneStagePlan) stage).command()).isEmpty();
            assertThat(((FineTuneStagePlan) stage).trainLength()).isEqualTo(stage instanceof FineTuneStagePlan tune ? tune.length() : 0);
        });
    }

    @Test
    void everyAlgorithmHasAPlan() throws IOException {
        for (var algorithm : List.of("adaptive", "longrope", "longrope2", "random", "cma-es", "turbo", "gradient")) {
            var plan = plan("Llama-2-7b-hf", "2048k", null, List.of("--algorithm", algorithm));
            assertThat(((SearchStagePlan) plan.stages().get(0)).search().algorithm()).isEqualTo(algorithm);
        }
        assertThat(plan("Llama-2-7b-hf", "2048k", null, List.of("--algorithm", "longrope2")).stages())
                .filteredOn(stage -> !(stage instanceof FineTuneStagePlan))
                .allSatisfy(stage -> assertThat(stage.objective())
                .isEqualTo(stage instanceof SearchStagePlan ? Objective.NEEDLE : Objective.PERPLEXITY));
        assertThat(((SearchStagePlan) plan("Llama-2-7b-hf", "2048k", null, List.of("--algorithm", "longrope")).stages().get(0)).search()
                .evaluations())
                .isEqualTo(1344);
    }

    @Test
    void aPlanForManyWorkersKeepsThemBusy() throws IOException {
        var wide = ((SearchStagePlan) plan("Llama-2-7b-hf", "16k", null, List.of("--workers", "64")).stages().get(0)).search().settings();
        assertThat(wide.batch() * 5).isBetween(32, 64);
        assertThat(wide.askAhead()).isPositive();
        assertThat(wide.racing()).isFalse();
        assertThat(text()).contains("# for 64 workers with this job alone");

        var some = ((SearchStagePlan) plan("Llama-2-7b-hf", "16k", null, List.of("--workers", "16")).stages().get(0)).search().settings();
        assertThat(some.batch() * some.rungs().get(0)).isEqualTo(16);
        assertThat(some.racing()).isTrue();

        var one = ((SearchStagePlan) plan("Llama-2-7b-hf", "16k", null, List.of()).stages().get(0)).search().settings();
        assertThat(one.askAhead()).isZero();
        assertThat(text()).doesNotContain("ask-ahead");
        plan("Llama-2-7b-hf", "16k", null, List.of("--workers", "64", "--algorithm", "longrope"));
        assertThat(text()).doesNotContain("ask-ahead");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--target 2k | --target must be above the window the model was trained with, 4096, but was 2048",
        "--target 128x | --target must be",
        "--target 128k --device h1000 | device must be known, but was h1000; did you mean 'h100'?",
        "--target 128k --engine vlm | --engine must be one of",
        "--target 128k --device-memory 80 | --device-memory must be a whole number of gigabytes, such as 80G, but was 80",
        "--target 128k --workers 0 | --workers must be at least 1",
        "--target 128k --algorithm genetic | must be"})
    void whatCannotBePlannedIsOneLine(String options, String message) throws IOException {
        var arguments = new ArrayList<>(List.of("plan", model("Llama-2-7b-hf").toString()));
        arguments.addAll(List.of(options.split(" ")));
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).strip().lines()).singleElement().asString().contains(message);
    }

    private JobPlan plan(String model, String target, String original, List<String> options) throws IOException {
        return read(model(model), target, original, options);
    }

    private JobPlan read(Path model, String target, String original, List<String> options) throws IOException {
        var arguments = new ArrayList<>(List.of("plan", model.toString(), "--target", target, "--output",
                directory.resolve("plan.yaml").toString()));
        arguments.addAll(options);
        if (original != null) {
            arguments.addAll(List.of("--original-length", original));
        }
        assertThat(run(arguments)).as(err.toString(StandardCharsets.UTF_8)).isZero();
        var config = ModelConfig.read(model.resolve("config.json"));
        return new PlanReader(new PlanSurroundings() {
            @Override
            public List<Problem> check(JobPlan plan) {
                return PlanCheck.problems(plan, PlanFacts.of(config));
            }
        }).read(directory.resolve("plan.yaml"), List.of());
    }

    private static String lengths(JobPlan plan, Class<? extends StagePlan> kind) {
        return String.join(" ", plan.stages().stream().filter(kind::isInstance)
                .map(stage -> Integer.toString(((FineTuneStagePlan) stage).length())).toList());
    }

    private String text() throws IOException {
        return Files.readString(directory.resolve("plan.yaml"));
    }

    private Path model(String name) throws IOException {
        var model = Files.createDirectories(directory.resolve(name));
        Files.writeString(model.resolve("config.json"), CONFIGS.get(name));
        return model;
    }

    private int run(List<String> arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments.toArray(String[]::new));
    }
}
