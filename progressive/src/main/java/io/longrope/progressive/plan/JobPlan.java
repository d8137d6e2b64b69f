package io.longrope.progressive.plan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longrope.evaluator.checkpoint.ModelCopy;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;

import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A job: which model, which texts, which stages. Given its plan and seed a job's result is determined to the bit.
 * Read from YAML by {@link PlanReader}; as JSON it has the same keys, with every default written out.
 */
public record JobPlan(
        @Key(value = "Names the job and its run directory.", form = "name") String name,
        @Key(value = "Of everything random.", byDefault = "0") long seed,
        @Key("The checkpoint, below the models root.") String model,
        @Key("The model's size; a checkpoint of another shape is refused, and the plan can be weighed without one.")
        Optional<ModelShape> shape,
        @Key(value = "The window really trained with, where it is not the checkpoint's.", form = "length",
                atLeast = 2) Optional<Integer> originalLength,
        @Key("Number format of evaluations; left out: that of the checkpoint's weights, f32 where it is not known.")
        Optional<Precision> precision,
        @Key(value = "Threads inside one operation of a model; sums are split by them, so another number gives other bits.",
                byDefault = "1", atLeast = 1) int threads,
        @Key(value = "Bits are decided by the plan; false: a worker that runs out of memory may score with a smaller chunk, and marks it.",
                byDefault = "true") boolean reproducible,
        @Key(value = "When workers give a score task up: the stage ends incomplete, or the candidate counts as the worst and it goes on.",
                byDefault = "incomplete") GivenUp givenUp,
        @Key("What the run's model/ does with large files that are as before: copy, or refer to them by name; left out: copy below 10 GB.")
        Optional<ModelCopy> modelCopy,
        @Key(value = "What samples, prompts and training windows begin with: the token of the checkpoint's tokenizer, none, or another.",
                byDefault = "auto") StartToken startToken,
        @Key("The texts, below the data root.") DataPlan data,
        @Key("In the order they run.") List<StagePlan> stages,
        @Key("The closing table.") ReportPlan report) {

    /** The plan format this program reads and writes. */
    public static final int SCHEMA = 1;

    private static final YAMLMapper YAML = new YAMLMapper();

    public JobPlan {
        KeyRule.require(JobPlan.class, name, seed, model, shape, originalLength, precision, threads, reproducible, givenUp, modelCopy,
                startToken, data, stages, report);
        stages = List.copyOf(stages);
        Require.that(!stages.isEmpty(), "stages", "must not be empty", stages);
    }

    /** Reads what {@link #toTree} wrote, or any plan in its JSON form. */
    @JsonCreator
    public static JobPlan fromTree(JsonNode tree) {
        return new PlanReader(PlanSurroundings.TRUSTED).read(tree);
    }

    /** The whole plan under the keys of its YAML form, every default written out. */
    @JsonValue
    public JsonNode toTree() {
        return SectionWriter.plan(this);
    }

    /** {@link #toTree} as a file of a plan. */
    public String toYaml() {
        try {
            return YAML.writeValueAsString(toTree());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of the canonical JSON: equal plans are the same job wherever and whenever they are submitted. */
    public String fingerprint() {
        return Json.sha256(Json.canonical(Json.mapper().convertValue(toTree(), Object.class)));
    }

    /** The checkpoint's geometry with the plan's word on the original length. */
    public RopeGeometry geometry(RopeGeometry ofCheckpoint) {
        return originalLength.map(length -> new RopeGeometry(ofCheckpoint.rotaryDim(), ofCheckpoint.theta(), length)).orElse(ofCheckpoint);
    }

    /** What candidates of a stage are compared by. */
    public Objective objective(String stage) {
        return stages.stream().filter(one -> one.name().equals(stage)).map(StagePlan::objective).findFirst().orElse(Objective.PERPLEXITY);
    }

    /** Whether a stage fine-tunes. */
    public boolean trains() {
        return stages.stream().anyMatch(StagePlan::trains);
    }

    /** The largest length of the searches for longer windows. */
    public OptionalInt largestLength() {
        return stages.stream().map(StagePlan::extendedTo).flatMap(Collection::stream).mapToInt(Integer::intValue).max();
    }
}
