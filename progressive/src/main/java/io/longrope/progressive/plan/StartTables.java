package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longrope.progressive.report.RunLayout;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.table.CsvFormat;
import io.longrope.search.table.TableFiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads the files a plan names under {@code start} into the plan: {@code start: FILE}, or {@code {file: FILE, length: 128k}} for a
 * CSV, which does not say its length.
 */
final class StartTables {

    private final Optional<Path> directory;
    private final Supplier<Optional<RopeGeometry>> geometry;
    private final List<Problem> problems;

    /**
     * @param directory where the plan's file lies, to which file names are relative; empty for a plan that came without one
     * @param geometry  of the job's model, as far as it can be seen
     */
    StartTables(Optional<Path> directory, Supplier<Optional<RopeGeometry>> geometry, List<Problem> problems) {
        this.directory = directory;
        this.geometry = geometry;
        this.problems = problems;
    }

    /** Puts the tables in the place of the file's name; where they cannot be had, that is a problem noted and the key goes. */
    void resolve(ObjectNode section, String path) {
        var start = section.path("start");
        if (!start.isTextual() && !start.has("file")) {
            return;
        }
        section.remove("start");
        var name = path + ".start";
        var file = start.isTextual() ? start : start.path("file");
        start.fieldNames().forEachRemaining(key -> {
            if (!key.equals("file") && !key.equals("length")) {
                problems.add(new Problem(name + "." + key, "must be a key of a plan here", "unknown", Suggestion.forName(key,
                        List.of("file", "length"))));
            }
        });
        var length = start.has("length") ? Forms.length(start.get("length")) : Optional.of(0);
        if (!(file instanceof TextNode) || length.isEmpty()) {
            problems.add(new Problem(name, "must be " + StartPlan.FORM, start.toString(), ""));
        } else {
            table(name, file, length.get()).ifPresent(found -> section.set("start", found.toTree()));
        }
    }

    private Optional<StartPlan> table(String path, JsonNode file, int length) {
        if (directory.isEmpty()) {
            problems.add(new Problem(path, "must hold the tables themselves in a plan that was handed over", file.textValue(),
                    "submit reads files into the plan"));
            return Optional.empty();
        }
        try {
            var source = directory.get().resolve(file.textValue());
            var ofRun = RunLayout.table(source);
            var table = TableFiles.read(ofRun.orElse(source), csv(length));
            return Optional.of(StartPlan.of(source.getFileName().toString(), table));
        } catch (BadInput e) {
            e.problems().forEach(problem -> problems.add(new Problem(path + ": " + problem.name(), problem.rule(), problem.found(),
                    problem.found().equals("a CSV") ? "give {file: " + file.textValue() + ", length: 128k}" : problem.wayOut())));
        } catch (IOException e) {
            problems.add(new Problem(path, "must be a readable table", Obstacle.of(e), ""));
        }
        return Optional.empty();
    }

    private Optional<CsvFormat> csv(int length) {
        return length == 0 ? Optional.empty() : geometry.get().map(found -> new CsvFormat("model", found, length,
                AttentionTemperature.longrope()));
    }
}
