package io.longrope.progressive.plan;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.progressive.stage.PlanFacts;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Plans in YAML, read for a model with a window of 256. */
abstract class PlanTexts {

    static final String SMALL = """
            schema: 1
            name: small
            model: tiny
            data: {evaluation: held-out.txt, training: training.txt}
            stages:
              - search: {length: 1k}
              - fine-tune: {length: 1k, steps: 10}
              - search: {length: 2k, multipliers: true}
              - recovery: {lengths: [512, 256]}
            """;

    private static final ModelConfig CONFIG = new ModelConfig("llama", 256, 128, 352, 4, 4, 2, 32, new RopeGeometry(32, 10_000, 256),
            Optional.empty(), 256,
            1e-5, false, AttentionBias.NONE, OptionalInt.empty(), OptionalInt.empty());

    static final PlanSurroundings WINDOW_OF_256 = new PlanSurroundings() {
        @Override
        public Optional<RopeGeometry> geometry(String model) {
            if (!model.equals("tiny")) {
                throw new BadInput("model", "must be a checkpoint directory below the models root", model, "");
            }
            return Optional.of(new RopeGeometry(32, 10_000, 256));
        }

        @Override
        public List<Problem> check(JobPlan plan) {
            return PlanCheck.problems(plan, new PlanFacts(Optional.of(CONFIG), OptionalInt.of(300), Map.of(), Optional.empty(),
                    OptionalLong.empty(), Map.of()));
        }

        @Override
        public void checkText(String text) {
            if (!text.endsWith(".txt")) {
                throw new BadInput("data", "must name a text below the data root", text, "");
            }
        }
    };

    @TempDir
    Path directory;

    List<String> problems(String text) {
        return Arrays.asList(catchThrowableOfType(BadInput.class, () -> read(text)).getMessage().split(System.lineSeparator()));
    }

    JobPlan read(String text) {
        try {
            return new PlanReader(WINDOW_OF_256).read(Files.writeString(directory.resolve("plan.yaml"), text), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
