package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** On the shipped model. */
class FineTuneCommandTest {

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeText() throws IOException {
        SourceText.write(directory, 200);
    }

    @Test
    void trainsAndWritesWhatAnEngineLoads() throws IOException {
        var log = run("--method", "yarn", "--length", "512", "--train-length", "64", "--positions", "pose", "--chunks", "3",
                "--short-share", "0.3", "--retrieval-share", "0.3",
                "--lora-rank", "2", "--lora-targets", "q,v", "--recompute", "--precision", "bf16", "--held-out",
                directory.resolve("text.java").toString(),
                "--held-out-samples", "2", "--held-out-every", "2", "--steps", "3", "--batch", "2", "--learning-rate", "1e-3",
                "--schedule", "cosine", "--warmup", "1");
        assertThat(log).contains("3 steps of 2 sequences of 64 tokens for 512, adapters of rank 2", "step 3/3 · loss",
                "step 2/3 · held-out loss", "wrote ");
        var config = ModelConfig.read(directory.resolve("tuned/config.json"));
        assertThat(config.maxPositions()).isEqualTo(512);
        assertThat(config.ropeConfiguration()).hasValueSatisfying(rope -> assertThat(rope.type()).isEqualTo("longrope"));
        var lines = Files.readAllLines(directory.resolve("tuned/training.jsonl"));
        assertThat(lines).hasSize(5);
        assertThat(Json.mapper().readTree(lines.get(2)).path("heldOutLoss").doubleValue()).isBetween(0.1, 5.0);
        assertThat(directory.resolve("tuned.training")).doesNotExist();
    }

    @Test
    void badInputIsOneClearLine() {
        assertThat(refused("--length", "512")).startsWith("finetune must have one --method or --factors, but was 5: original, pi,");
        assertThat(refused("--method", "pi", "--length", "256"))
                .isEqualTo("--length must be above the model's original length, 256, but was 256");
        assertThat(refused("--method", "pi", "--length", "512", "--train-length", "1k"))
                .isEqualTo("--train-length must be at most the length, 512, but was 1024");
        assertThat(refused("--method", "pi", "--length", "512", "--precision", "f16"))
                .isEqualTo("--precision must be f32 or bf16 in training, but was F16");
        assertThat(refused("--method", "pi", "--length", "512", "--batch", "3", "--micro-batch", "2"))
                .isEqualTo("--micro-batch must divide batch = 3, but was 2");
        assertThat(refused("--method", "pi", "--length", "32k")).startsWith("training text must have more than 32769 tokens");
        assertThat(directory.resolve("tuned")).doesNotExist();
    }

    private String refused(String... options) {
        err.reset();
        assertThat(execute(options)).isEqualTo(2);
        return err.toString(StandardCharsets.UTF_8).lines().reduce((first, last) -> last).orElse("");
    }

    private String run(String... options) {
        assertThat(execute(options)).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
        return err.toString(StandardCharsets.UTF_8);
    }

    private int execute(String... options) {
        var arguments = new ArrayList<>(List.of("finetune", "java-1m", "--models", "../evaluator/models", "--text",
                directory.resolve("text.java").toString(),
                "--output", directory.resolve("tuned").toString()));
        arguments.addAll(List.of(options));
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments.toArray(String[]::new));
    }
}
