package io.longrope.progressive;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.gguf.GgufModelWriter;
import io.longrope.progressive.cli.Main;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.gguf.GgufFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** What others make of exported files, asked of them: transformers, the gguf package, llama.cpp. Runs with {@code -Pinterop} only. */
@Tag("interop")
class InteropTest {

    private static final Path HOME = Path.of(System.getProperty("longrope.home"));
    private static final Path MODEL = HOME.resolve("evaluator/models/java-1m");
    private static final RopeGeometry GEOMETRY = new RopeGeometry(32, 10_000, 256);

    @TempDir
    private Path directory;
    private FactorTable table;

    @BeforeEach
    void makeTable() throws IOException {
        var recovery = new double[16];
        for (int i = 0; i < recovery.length; i++) {
            recovery[i] = 1 + i / 40.0;
        }
        double attention = AttentionTemperature.longrope().factor(GEOMETRY, 1024);
        var yarn = RopeScalings.named("yarn").factors(GEOMETRY, 1024);
        table = new FactorTable("java-1m", GEOMETRY, List.of(
                TableEntry.of(256, Measured.unmeasured(new Candidate(RescaleFactors.of(recovery), 0, attention))),
                TableEntry.of(1024, Measured.unmeasured(new Candidate(yarn, 0, attention)))), List.of("for the check"));
        new JsonFormat().write(table, directory.resolve("table.json"));
    }

    @Test
    void transformersMeasuresThePerplexityWeDoOnBothSidesOfTheSwitch() throws Exception {
        var model = exported();
        python("progressive/src/test/scripts/check_exported_model.py", model, text(), 256, 257, 1024);
        python("search/src/test/scripts/check_huggingface.py", model.resolve("config.json"), directory.resolve("table.json"));
    }

    @Test
    void torchrunTrainerTrainsTheSameOnOneProcessOnTwoAfterAKillAndWithSharedWindows() throws Exception {
        var model = exported();
        python("progressive/src/test/scripts/check_torchrun_trainer.py", HOME.resolve("configs/torchrun_trainer.py"), model, text(),
                Files.createDirectories(directory.resolve("trained")));
    }

    @ParameterizedTest
    @CsvSource({"F32, LONG_ONLY", "F32, SHORT_AND_LONG", "F16, LONG_ONLY", "BF16, LONG_ONLY"})
    void llamaCppMeasuresThePerplexityWeDoAndGgufReadsTheFile(DataType type, GgufFormat.LlamaTables tables) throws Exception {
        var plain = directory.resolve("plain.gguf");
        new GgufModelWriter(Checkpoint.open(MODEL), type).write(plain);
        var file = directory.resolve("java-1m-" + type.name().toLowerCase(Locale.ROOT) + ".gguf");
        new GgufFormat(plain, tables).write(table, file);
        python("search/src/test/scripts/check_gguf.py", plain, file);
        python("progressive/src/test/scripts/check_llama_cpp.py", file, MODEL, text(), 256, 512, 1024);
    }

    @Test
    void llamaCppTokenizesAndScoresASentencePieceModelAsWeDo() throws Exception {
        var geometry = new RopeGeometry(16, 10_000, 256);
        var model = directory.resolve("pieces");
        var config = new ModelConfig("llama", 700, 32, 64, 2, 2, 1, 16, geometry, Optional.empty(), 256, 1e-5, false, AttentionBias.NONE,
                OptionalInt.of(1), OptionalInt.of(2));
        var tokenizer = HOME.resolve("evaluator/src/test/resources/io/longrope/evaluator/tokenizers/sentencepiece.json");
        CheckpointWriter.write(model, config, DataType.F32, randomWeights(700, 32, 64),
                Map.of("tokenizer.json", Files.readString(tokenizer)));
        var plain = directory.resolve("plain.gguf");
        new GgufModelWriter(Checkpoint.open(model), DataType.F32).write(plain);
        var yarn = RopeScalings.named("yarn").factors(geometry, 1024);
        var file = directory.resolve("pieces-f32.gguf");
        new GgufFormat(plain, GgufFormat.LlamaTables.LONG_ONLY).write(new FactorTable("pieces", geometry,
                List.of(TableEntry.of(1024, Measured.unmeasured(new Candidate(yarn, 0, 1.1)))), List.of()), file);
        python("progressive/src/test/scripts/check_llama_cpp.py", file, model, text(), 256, 1024);
    }

    /** The shipped model with the table in its config.json, for transformers. */
    private Path exported() throws IOException {
        var model = Files.createDirectories(directory.resolve("model"));
        for (var name : List.of("model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(MODEL.resolve(name), model.resolve(name));
        }
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(table, MODEL.resolve("config.json"), model.resolve("config.json"));
        return model;
    }

    /** Two layers, two heads of 16, one for keys and values. */
    private static List<SafetensorsWriter.Source> randomWeights(int vocabulary, int width, int inner) {
        var random = new Random(5);
        var weights = new ArrayList<SafetensorsWriter.Source>();
        weights.add(random(random, "model.embed_tokens.weight", vocabulary, width));
        for (int layer = 0; layer < 2; layer++) {
            var name = "model.layers." + layer + ".";
            weights.add(random(random, name + "input_layernorm.weight", width));
            weights.add(random(random, name + "self_attn.q_proj.weight", 32, width));
            weights.add(random(random, name + "self_attn.k_proj.weight", 16, width));
            weights.add(random(random, name + "self_attn.v_proj.weight", 16, width));
            weights.add(random(random, name + "self_attn.o_proj.weight", width, 32));
            weights.add(random(random, name + "post_attention_layernorm.weight", width));
            weights.add(random(random, name + "mlp.gate_proj.weight", inner, width));
            weights.add(random(random, name + "mlp.up_proj.weight", inner, width));
            weights.add(random(random, name + "mlp.down_proj.weight", width, inner));
        }
        weights.add(random(random, "model.norm.weight", width));
        weights.add(random(random, "lm_head.weight", vocabulary, width));
        return weights;
    }

    private static SafetensorsWriter.Source random(Random random, String name, long... shape) {
        var values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = shape.length == 1 ? 1 : (float) random.nextGaussian() / 4;
        }
        return new SafetensorsWriter.Source(name, shape, () -> values);
    }

    private Path text() {
        return HOME.resolve("README.md");
    }

    private void python(String script, Object... arguments) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of(System.getProperty("interop.python"), HOME.resolve(script).toString()));
        for (var argument : arguments) {
            words.add(argument.toString());
        }
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of("LONGROPE_COMMAND", String.join(" ", Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Dai.djl.offline=true", "-Dlongrope.home=" + HOME, "-cp", System.getProperty("java.class.path"), Main.class.getName())));
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes());
        System.out.print(output);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
