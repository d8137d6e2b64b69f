package io.longrope.search.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.CsvFormat;
import io.longrope.search.table.TableFiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads what a search starts from: {@code start: FILE}, {@code {file: FILE, length: 128k}} for a CSV, which does not say its
 * length, {@code {stage: NAME}}, or the form a plan has once its file was read, {@code {name: …, tables: […]}}.
 */
final class StartReader {

    private static final String FORM = "must be a table's file, or {file, length}, {stage} or {name, tables}";

    private final Optional<Path> directory;
    private final Supplier<Optional<RopeGeometry>> geometry;
    private final List<Problem> problems;

    /**
     * @param directory where the plan's file lies, to which file names are relative; empty for a plan that came without one
     * @param geometry  of the job's model, as far as it can be seen
     */
    StartReader(Optional<Path> directory, Supplier<Optional<RopeGeometry>> geometry, List<Problem> problems) {
        this.directory = directory;
        this.geometry = geometry;
        this.problems = problems;
    }

    Optional<StartPlan> read(PlanSection parent, Optional<StartPlan> fallback) {
        if (!parent.has("start")) {
            return fallback;
        }
        var node = parent.node("start");
        if (node.isTextual()) {
            return file(parent.path("start"), node.textValue(), 0);
        }
        if (!node.isObject()) {
            parent.problem("start", FORM, node, "");
            return Optional.empty();
        }
        var section = parent.section("start");
        var start = section.has("file") ? file(parent.path("start"), section.text("file"), section.length("length", 0))
                : section.has("stage") ? Optional.ofNullable(section.text("stage")).map(StartPlan::stage) : inPlan(section);
        section.refuseUnknown();
        return start;
    }

    private Optional<StartPlan> file(String path, String file, int length) {
        if (file == null) {
            return Optional.empty();
        }
        if (directory.isEmpty()) {
            problems.add(new Problem(path, "must hold the tables themselves in a plan that was handed over", file, "submit reads files into the plan"));
            return Optional.empty();
        }
        try {
            var source = directory.get().resolve(file);
            var table = TableFiles.read(source, csv(length));
            var tables = table.entries().stream().map(entry ->
                    new StartPlan.Table(table.geometry().extensionRatio(entry.length()), entry.best().candidate())).toList();
            return Optional.of(new StartPlan(source.getFileName().toString(), tables));
        } catch (BadInput e) {
            e.problems().forEach(problem -> problems.add(new Problem(path + ": " + problem.name().replace("search.start.", ""), problem.rule(),
                    problem.found(), problem.found().equals("a CSV") ? "give {file: " + file + ", length: 128k}" : problem.wayOut())));
        } catch (IOException e) {
            problems.add(new Problem(path, "must be a readable table", e.toString(), ""));
        }
        return Optional.empty();
    }

    private Optional<CsvFormat> csv(int length) {
        return length == 0 ? Optional.empty() : geometry.get().map(found -> new CsvFormat("model", found, length, AttentionTemperature.longrope()));
    }

    private Optional<StartPlan> inPlan(PlanSection section) {
        var name = section.text("name");
        var tables = new ArrayList<StartPlan.Table>();
        section.items("tables").forEach((path, item) -> table(path, item).ifPresent(tables::add));
        return name == null || tables.isEmpty() ? Optional.empty() : Optional.of(new StartPlan(name, tables));
    }

    private Optional<StartPlan.Table> table(String path, JsonNode item) {
        try {
            var candidate = Json.mapper().treeToValue(item.path("candidate"), Candidate.class);
            return Optional.of(new StartPlan.Table(item.path("extension-ratio").asDouble(), candidate));
        } catch (JsonProcessingException | BadInput e) {
            problems.add(new Problem(path, "must hold extension-ratio and candidate", e.getMessage().lines().findFirst().orElse("broken"), ""));
            return Optional.empty();
        }
    }

    static ObjectNode tree(StartPlan start) {
        var node = JsonNodeFactory.instance.objectNode();
        if (start.stage().isPresent()) {
            return node.put("stage", start.name());
        }
        var tables = node.put("name", start.name()).putArray("tables");
        start.tables().forEach(table -> tables.addObject().put("extension-ratio", table.extensionRatio())
                .set("candidate", Json.mapper().valueToTree(table.candidate())));
        return node;
    }
}
