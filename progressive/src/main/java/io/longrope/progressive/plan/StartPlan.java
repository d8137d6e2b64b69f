package io.longrope.progressive.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Tables a search starts from: what an earlier stage of the job found, or a table that was read with the plan and is part
 * of it, so that the job is determined by its plan alone.
 *
 * @param name   the stage's, or the file's the tables came from; for logs
 * @param tables one per extension ratio; empty where an earlier stage is meant
 */
public record StartPlan(String name, List<Table> tables) {

    static final String FORM = "a table's file, or {file, length}, {stage} or {name, tables}";

    /**
     * One table.
     *
     * @param extensionRatio s it was made for
     * @param candidate      its factors, the same for all layers
     */
    public record Table(double extensionRatio, Candidate candidate) {

        public Table {
            Require.positive(extensionRatio, "extension-ratio");
            Require.present(candidate, "factors");
            Require.that(!candidate.factors().isPerLayer(), "factors", "must be the same for all layers",
                    "a table whose layers differ", "search one row for all, or start from a table that has one");
        }

        /**
         * For another ratio: λ^(ln s' / ln s), which keeps what is not stretched, takes a factor of s to s', and turns PI into
         * PI and NTK into NTK. A table of a short length, s ≤ 1, stays as it is.
         */
        public Candidate stretchedTo(double otherRatio) {
            if (extensionRatio <= 1 || otherRatio == extensionRatio) {
                return candidate;
            }
            double power = StrictMath.log(Math.max(1, otherRatio)) / StrictMath.log(extensionRatio);
            return candidate.withFactors(RescaleFactors.of(Arrays.stream(candidate.factors().layer(0))
                    .map(factor -> StrictMath.pow(factor, power)).toArray()));
        }
    }

    public StartPlan {
        Require.notBlank(name, "start");
        tables = List.copyOf(Require.present(tables, "start"));
    }

    /** What a table has, an entry for each length. */
    public static StartPlan of(String name, FactorTable table) {
        return new StartPlan(name, table.entries().stream()
                .map(entry -> new Table(table.geometry().extensionRatio(entry.length()), entry.best().candidate())).toList());
    }

    /** What an earlier stage of the job will have found. */
    public static StartPlan stage(String name) {
        return new StartPlan(name, List.of());
    }

    /** The stage meant; empty where the tables are in the plan. */
    public Optional<String> stage() {
        return tables.isEmpty() ? Optional.of(name) : Optional.empty();
    }

    /** The table made for the ratio nearest to one, as a quotient. */
    public static Table nearest(List<Table> tables, double extensionRatio) {
        return tables.stream().min(Comparator.comparingDouble(table -> Math.abs(StrictMath.log(table.extensionRatio() / extensionRatio))))
                .orElseThrow();
    }

    /** {@code {stage: NAME}}, or the form a plan has once its file was read, {@code {name: …, tables: […]}}. */
    static Optional<StartPlan> read(JsonNode node) {
        if (node.size() == 1 && node.path("stage").isTextual()) {
            return Optional.of(stage(node.path("stage").textValue()));
        }
        if (node.size() != 2 || !node.path("name").isTextual() || node.path("tables").isEmpty()) {
            return Optional.empty();
        }
        try {
            var tables = new ArrayList<Table>();
            for (var item : node.path("tables")) {
                tables.add(new Table(item.path("extension-ratio").asDouble(), Json.mapper().treeToValue(item.path("candidate"),
                        Candidate.class)));
            }
            return Optional.of(new StartPlan(node.path("name").textValue(), tables));
        } catch (JsonProcessingException | BadInput e) {
            return Optional.empty();
        }
    }

    public JsonNode toTree() {
        var node = JsonNodeFactory.instance.objectNode();
        if (stage().isPresent()) {
            return node.put("stage", name);
        }
        var items = node.put("name", name).putArray("tables");
        tables.forEach(table -> items.addObject().put("extension-ratio", table.extensionRatio())
                .set("candidate", Json.mapper().valueToTree(table.candidate())));
        return node;
    }
}
