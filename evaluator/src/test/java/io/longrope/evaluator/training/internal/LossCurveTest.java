package io.longrope.evaluator.training.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Precision;
import io.longrope.search.json.Json;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** The curves PyTorch's own training makes from the same weights and data, frozen by scripts/freeze_training.py. */
class LossCurveTest {

    private static final double TOLERANCE = 2e-4;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"all-weights, false", "all-weights, true", "tied-positions, false", "tied-positions, true", "lora, false", "lora, true"})
    void lossesAndNormsArePyTorchs(String name, boolean recompute) throws Exception {
        var golden = Json.mapper().readTree(resource("training/" + name + ".json"));
        Files.writeString(directory.resolve("config.json"), golden.get("config").toString());
        try (var weights = resource("families/" + golden.get("weights").asText() + ".safetensors")) {
            Files.copy(weights, directory.resolve("model.safetensors"));
        }
        var checkpoint = Checkpoint.open(directory);
        var config = checkpoint.config();
        var steps = golden.get("steps");
        int length = steps.get(0).get(0).get("positions").size();
        var settings = settings(golden, recompute);
        var use = ModelUse.Training.alone(length, settings, lora(golden)).with(2);
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
             var memory = session.reserve(MemoryPlan.of(config, settings.precision(), use));
             var trainer = new Trainer(config, FirstWeights.of(checkpoint), Candidate.original(config.rope().pairs()),
                     (step, count) -> sequences(steps.get(step)), settings, use, memory, 1)) {
            var losses = new ArrayList<Double>();
            var norms = new ArrayList<Double>();
            while (trainer.step() < steps.size()) {
                trainer.advance((step, loss, norm, rate, tokens) -> {
                    losses.add(loss);
                    norms.add(norm);
                });
            }
            for (int i = 0; i < losses.size(); i++) {
                assertThat(losses.get(i)).as("loss of step %d", i + 1).isCloseTo(golden.get("losses").get(i).asDouble(), within(TOLERANCE));
                double norm = golden.get("norms").get(i).asDouble();
                assertThat(norms.get(i)).as("norm of step %d", i + 1).isCloseTo(norm, within(1e-3 * norm));
            }
            assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0) - 1);
        }
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(LossCurveTest.class.getResourceAsStream("/io/longrope/evaluator/" + name), name);
    }

    private static TrainingSettings settings(JsonNode golden, boolean recompute) {
        var optimizer = golden.get("optimizer");
        var adamW = new AdamW(optimizer.get("learningRate").asDouble(), Schedule.COSINE, optimizer.get("warmup").asInt(),
                optimizer.get("clip").asDouble(),
                optimizer.get("weightDecay").asDouble(), optimizer.get("beta1").asDouble(), optimizer.get("beta2").asDouble());
        var steps = golden.get("steps");
        return new TrainingSettings(steps.size(), steps.get(0).size(), golden.get("microBatch").asInt(), adamW, Precision.F32, recompute,
                golden.get("seed").asLong(), 1000);
    }

    private static Optional<LoraSettings> lora(JsonNode golden) {
        var lora = golden.get("lora");
        if (lora.isNull()) {
            return Optional.empty();
        }
        var targets = StreamSupport.stream(lora.get("targets").spliterator(), false)
                .map(target -> Json.mapper().convertValue(target, LoraSettings.Target.class)).toList();
        return Optional.of(new LoraSettings(lora.get("rank").asInt(), lora.get("alpha").asDouble(), targets));
    }

    private static List<Sequence> sequences(JsonNode step) {
        return StreamSupport.stream(step.spliterator(), false).map(sequence -> Sequence.of(
                numbers(sequence.get("tokens")).toArray(), numbers(sequence.get("positions")).asDoubleStream().toArray())).toList();
    }

    private static IntStream numbers(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt());
    }
}
