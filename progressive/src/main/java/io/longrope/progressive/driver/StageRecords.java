package io.longrope.progressive.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.longrope.progressive.stage.Finding;
import io.longrope.progressive.stage.Stage;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.json.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file for each stage that is done, {@code stages/1-search-128k.json}: all that decided its result (its plan, the
 * checkpoint and samples with their fingerprints, what stages before it found) and what it came to. A search whose record
 * is there, with the same input, is not run again, even where the journal of results is gone; a fine-tune is asked for
 * again, and the worker that takes it finds the checkpoint that is there.
 */
final class StageRecords {

    private static final ObjectWriter JSON = Json.mapper().writerWithDefaultPrettyPrinter();
    private static final int SCHEMA = 3;

    private final StageContext context;
    private final RunDirectory directory;

    StageRecords(StageContext context, RunDirectory directory) {
        this.context = context;
        this.directory = directory;
    }

    /** What decides a stage's result; taken before it runs. */
    Map<String, Object> input(int index, Stage stage) {
        var findings = context.findings();
        var input = new LinkedHashMap<String, Object>();
        input.put("plan", context.plan().toTree().path("stages").path(index));
        input.put("seed", context.plan().seed());
        input.put("arithmetic", context.arithmetic());
        input.put("geometry", context.geometry());
        input.put("checkpoint", reference(stage.model(findings)));
        input.put("samples", stage.samples(context));
        stage.evaluator().ifPresent(path -> input.put("evaluator", context.evaluators().at(path).reference().fingerprint()));
        findings.tuning().ifPresent(tuning -> {
            input.put("tunedLength", tuning.length());
            input.put("tunedTable", tuning.candidate());
        });
        input.put("earlierFindings", Json.sha256(Json.canonical(findings.searched().stream().map(this::tree).toList())));
        return input;
    }

    /** Takes over what a search found when it was run before; true when it was. */
    boolean restore(int index, Stage stage, Map<String, Object> input) throws IOException {
        var file = directory.resolve(name(index));
        if (!stage.isRestoredFromRecord() || !Files.exists(file)) {
            return false;
        }
        var name = stage.plan().name();
        try {
            var record = Json.mapper().readTree(file.toFile());
            if (record.path("schema").asInt() != SCHEMA || !canonical(record.path("input")).equals(canonical(input))) {
                context.listener().note(name, "runs again: " + file + " is of other input");
                return false;
            }
            stage.restore(context, record.path("output"));
        } catch (JsonProcessingException e) {
            context.listener().note(name, "runs again: " + file + " cannot be read");
            return false;
        }
        context.listener().note(name, "already done: " + file);
        return true;
    }

    void write(int index, Stage stage, Map<String, Object> input) throws IOException {
        var record = new LinkedHashMap<String, Object>();
        record.put("schema", SCHEMA);
        record.put("stage", stage.plan().name());
        record.put("kind", stage.plan().kind());
        record.put("input", input);
        record.put("output", stage.outcome(context, this::reference));
        directory.write(name(index), JSON.writeValueAsString(record));
    }

    private String name(int index) {
        return "stages/" + (index + 1) + "-" + context.plan().stages().get(index).name() + ".json";
    }

    private Map<String, Object> tree(Finding finding) {
        return Map.of("stage", finding.stage(), "model", reference(finding.model()), "entry", finding.entry());
    }

    private Map<String, String> reference(StageModel model) {
        return new TreeMap<>(Map.of("path", model.name(), "fingerprint", model.reference().fingerprint()));
    }

    /** Of a tree from a file and of what it was written from the same. */
    private static String canonical(Object input) {
        return Json.canonical(Json.mapper().convertValue(input, Object.class));
    }
}
