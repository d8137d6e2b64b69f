package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A job: which model, which texts, which stages. Given its plan and seed a job's result is determined to the bit.
 * Read from YAML by {@link PlanReader}; as JSON it has the same keys, with every default written out.
 *
 * @param name           names the job and its run directory: lower-case letters, digits, dots and dashes
 * @param seed           of everything random
 * @param model          the checkpoint's path below the models root
 * @param shape          the model's size, as far as the plan tells; may be null
 * @param originalLength the window really trained with, where it is not the checkpoint's; 0 = the checkpoint's
 * @param precision      number format of evaluations
 * @param data           the texts
 * @param stages         in order, at least one
 * @param report         the closing table
 */
public record JobPlan(String name, long seed, String model, ModelShape shape, int originalLength, Precision precision, DataPlan data,
                      List<StagePlan> stages, ReportPlan report) {

    /** The plan format this program reads and writes. */
    public static final int SCHEMA = 1;

    static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}");

    public JobPlan {
        Require.that(name != null && NAME.matcher(name).matches(), "name",
                "must be lower-case letters, digits, dots and dashes, at most 80", name);
        Require.notBlank(model, "model");
        Require.atLeast(0, originalLength, "original-length");
        Require.present(precision, "precision");
        Require.present(data, "data");
        stages = List.copyOf(Require.present(stages, "stages"));
        Require.that(!stages.isEmpty(), "stages", "must not be empty", stages);
        Require.present(report, "report");
    }

    /** Reads what {@link #toTree} wrote, or any plan in its JSON form. */
    @JsonCreator
    public static JobPlan fromTree(JsonNode tree) {
        return new PlanReader(PlanSurroundings.UNSEEN).read(tree);
    }

    /** The whole plan under the keys of its YAML form, every default written out. */
    @JsonValue
    public JsonNode toTree() {
        return PlanWriter.tree(this);
    }

    /** SHA-256 of the canonical JSON: equal plans are the same job wherever and whenever they are submitted. */
    public String fingerprint() {
        return Json.sha256(Json.canonical(Json.mapper().convertValue(toTree(), Object.class)));
    }

    /** The checkpoint's geometry with the plan's word on the original length. */
    public RopeGeometry geometry(RopeGeometry ofCheckpoint) {
        return originalLength == 0 ? ofCheckpoint : new RopeGeometry(ofCheckpoint.rotaryDim(), ofCheckpoint.theta(), originalLength);
    }

    /** What candidates of a stage are compared by. */
    public Objective objective(String stage) {
        return stages.stream().filter(one -> one.name().equals(stage)).map(StagePlan::objective).findFirst().orElse(Objective.PERPLEXITY);
    }

    /** The largest length searched for. */
    public OptionalInt largestLength() {
        return stages.stream().filter(SearchStagePlan.class::isInstance).mapToInt(stage -> ((SearchStagePlan) stage).length()).max();
    }
}
