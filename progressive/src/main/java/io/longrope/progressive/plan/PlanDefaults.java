package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.work.Objective;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The defaults that follow from other keys, those whose text begins with {@code =}, written into a plan's tree before it is read.
 * What they follow from may itself be wrong: then they are left out, and the reader tells only what is wrong.
 */
public final class PlanDefaults {

    /** Keys of a search that belong to its algorithm. */
    private static final Set<String> HABITS = Set.of("racing", "ask-ahead", "ladder");

    private final ObjectNode plan;
    private final ObjectNode search;

    /**
     * @param plan   the tree without its search section
     * @param search that section, without what is wrong in it: it holds for every search of the plan
     */
    PlanDefaults(ObjectNode plan, ObjectNode search) {
        this.plan = plan;
        this.search = search;
    }

    void complete() {
        var lengths = new TreeSet<Integer>();
        for (var item : plan.path("stages")) {
            var kind = item.size() == 1 ? item.fieldNames().next() : "";
            if (item instanceof ObjectNode stage && stage.path(kind) instanceof ObjectNode section) {
                switch (kind) {
                    case "search", "recovery" -> searching(kind, section, lengths);
                    case "fine-tune" -> fineTune(section, plan.path("seed").asLong());
                    default -> { }
                }
            }
        }
        report(lengths);
    }

    /** What a section of searches has where it says nothing, whatever stage it is of. */
    void completeSearch(ObjectNode section, Objective objective) {
        var algorithm = algorithm(section);
        missing(section, "objective", objective == null ? SectionWriter.key(SearchPlan.usualObjective(algorithm))
                : SectionWriter.key(objective));
        if (!section.hasNonNull("racing")) {
            section.put("racing", SearchPlan.usuallyRaces(algorithm));
        }
        if (!section.hasNonNull("samples")) {
            int samples = plan.path("data").path("samples").path("search").asInt();
            section.set("samples", samples > 0 ? new IntNode(samples) : rule(DataPlan.Samples.class, "search"));
        }
    }

    private void searching(String kind, ObjectNode section, TreeSet<Integer> lengths) {
        // naming another algorithm brings that one's own habits
        boolean another = section.hasNonNull("algorithm") && !section.path("algorithm").equals(new TextNode(algorithm(search)));
        search.fields().forEachRemaining(inherited -> {
            if (!section.hasNonNull(inherited.getKey()) && !(another && HABITS.contains(inherited.getKey()))) {
                section.set(inherited.getKey(), inherited.getValue().deepCopy());
            }
        });
        // LongRoPE2 searches no short windows
        completeSearch(section, kind.equals("recovery") ? Objective.PERPLEXITY : null);
        var length = Forms.length(section.path("length"));
        if (kind.equals("search")) {
            length.ifPresent(tokens -> missing(section, "name", "search-" + Lengths.format(tokens)
                    + (section.path("on").asText().equals("base") ? "-base" : "")));
            length.filter(tokens -> tokens > 0).ifPresent(lengths::add);
        } else {
            section.path("lengths").forEach(one -> Forms.length(one).filter(tokens -> tokens > 0).ifPresent(lengths::add));
        }
    }

    /**
     * Those of a fine-tune.
     *
     * @param seed of the job
     */
    public static void fineTune(ObjectNode section, long seed) {
        Forms.length(section.path("length")).ifPresent(tokens -> {
            missing(section, "name", "fine-tune-" + Lengths.format(tokens));
            if (!section.hasNonNull("train-length")) {
                section.put("train-length", tokens);
            }
        });
        if (!section.hasNonNull("seed") && section.path("name").isTextual()) {
            section.put("seed", 31 * seed + section.path("name").textValue().hashCode());
        }
        if (section.path("lora") instanceof ObjectNode lora) {
            lora(lora);
        }
    }

    private static void lora(ObjectNode lora) {
        if (!lora.hasNonNull("alpha") && lora.path("rank").isInt()) {
            lora.put("alpha", 2.0 * lora.path("rank").intValue());
        }
    }

    /** Those of the model's size, which tables to start from may need before the plan is read. */
    static void shape(JsonNode given) {
        if (!(given instanceof ObjectNode shape)) {
            return;
        }
        int heads = shape.path("heads").asInt();
        if (!shape.hasNonNull("key-value-heads") && heads > 0) {
            shape.put("key-value-heads", heads);
        }
        if (!shape.hasNonNull("head-dim") && heads > 0 && shape.path("hidden").asInt() > 0) {
            shape.put("head-dim", Math.max(2, shape.path("hidden").asInt() / heads));
        }
    }

    private void report(TreeSet<Integer> searched) {
        if (plan.path("report").isMissingNode() || plan.path("report").isNull()) {
            plan.putObject("report");
        }
        if (!(plan.path("report") instanceof ObjectNode report)) {
            return;
        }
        if (!report.hasNonNull("lengths")) {
            lengths(report, searched);
        }
        if (report.path("retrieval") instanceof ObjectNode retrieval && !retrieval.hasNonNull("lengths")) {
            retrieval.set("lengths", report.path("lengths").deepCopy());
        }
    }

    private static void lengths(ObjectNode report, TreeSet<Integer> searched) {
        var lengths = report.putArray("lengths");
        (searched.isEmpty() ? List.of(2) : searched).forEach(lengths::add);
    }

    private static String algorithm(JsonNode section) {
        return section.hasNonNull("algorithm") ? section.path("algorithm").asText() : rule(SearchPlan.class, "algorithm").asText();
    }

    private static JsonNode rule(Class<?> type, String name) {
        return SectionReader.byDefault(KeyRule.of(type).stream().filter(rule -> rule.name().equals(name)).findFirst().orElseThrow());
    }

    private static void missing(ObjectNode section, String key, String value) {
        if (!section.hasNonNull(key)) {
            section.put(key, value);
        }
    }
}
