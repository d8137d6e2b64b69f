package io.longrope.progressive.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.longrope.progressive.stage.Finding;
import io.longrope.progressive.stage.Front;
import io.longrope.progressive.stage.SearchCost;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.json.Json;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.progressive.plan.SearchPlan;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.search.table.TableEntry;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file for each stage that is done, {@code stages/1-search-128k.json}: all that decided its result (its plan, the
 * checkpoint and samples with their fingerprints, what stages before it found) and what it came to. A search whose record
 * is there, with the same input, is not run again, even where the journal of scores is gone; a fine-tune is found by the
 * checkpoint it left.
 */
final class StageRecords {

    private static final ObjectWriter JSON = Json.mapper().writerWithDefaultPrettyPrinter();
    private static final int SCHEMA = 2;

    private final StageContext context;
    private final RunDirectory directory;

    StageRecords(StageContext context, RunDirectory directory) {
        this.context = context;
        this.directory = directory;
    }

    /** What decides a stage's result; taken before it runs. */
    Map<String, Object> input(int index) {
        var stage = context.plan().stages().get(index);
        var findings = context.findings();
        var input = new LinkedHashMap<String, Object>();
        input.put("plan", context.plan().toTree().path("stages").path(index));
        input.put("seed", context.plan().seed());
        input.put("precision", context.plan().precision());
        input.put("geometry", context.geometry());
        input.put("checkpoint", reference(model(stage)));
        input.put("samples", samples(stage));
        findings.tuning().ifPresent(tuning -> {
            input.put("tunedLength", tuning.length());
            input.put("tunedTable", tuning.candidate());
        });
        input.put("earlierFindings", Json.sha256(Json.canonical(findings.searched().stream().map(this::tree).toList())));
        return input;
    }

    /** Takes over what a search found when it was run before; true when it was. */
    boolean restore(int index, Map<String, Object> input) throws IOException {
        var stage = context.plan().stages().get(index);
        var file = directory.resolve(name(index));
        if (stage instanceof FineTuneStagePlan || !Files.exists(file)) {
            return false;
        }
        try {
            var record = Json.mapper().readTree(file.toFile());
            if (record.path("schema").asInt() != SCHEMA || !canonical(record.path("input")).equals(canonical(input))) {
                context.listener().note(stage.name(), "runs again: " + file + " is of other input");
                return false;
            }
            var entries = new ArrayList<TableEntry>();
            for (var entry : record.path("output").path("tables")) {
                entries.add(Json.mapper().treeToValue(entry, TableEntry.class));
            }
            var costs = Json.mapper().treeToValue(record.path("output").path("costs"), SearchCost[].class);
            var fronts = Json.mapper().treeToValue(record.path("output").path("fronts"), Front[].class);
            List.of(costs).forEach(context.findings()::spent);
            List.of(fronts).forEach(context.findings()::found);
            entries.forEach(entry -> context.findings().found(new Finding(stage.name(), model(stage), entry)));
        } catch (JsonProcessingException e) {
            context.listener().note(stage.name(), "runs again: " + file + " cannot be read");
            return false;
        }
        context.listener().note(stage.name(), "already done: " + file);
        return true;
    }

    /** @param before how many findings there were when the stage began */
    void write(int index, Map<String, Object> input, int before) throws IOException {
        var stage = context.plan().stages().get(index);
        var output = new LinkedHashMap<String, Object>();
        if (stage instanceof FineTuneStagePlan) {
            output.put("checkpoint", reference(context.findings().latest()));
            var training = context.findings().latest().directory().resolve("training.json");
            if (Files.exists(training)) {
                output.put("training", Json.mapper().readTree(training.toFile()));
            }
        } else {
            var searched = context.findings().searched();
            output.put("tables", searched.subList(before, searched.size()).stream().map(Finding::entry).toList());
            output.put("costs", context.findings().costs().stream().filter(cost -> cost.stage().equals(stage.name())).toList());
            output.put("fronts", context.findings().fronts().stream().filter(front -> front.stage().equals(stage.name())).toList());
        }
        var record = new LinkedHashMap<String, Object>();
        record.put("schema", SCHEMA);
        record.put("stage", stage.name());
        record.put("kind", stage.kind());
        record.put("input", input);
        record.put("output", output);
        directory.write(name(index), JSON.writeValueAsString(record));
    }

    private String name(int index) {
        return "stages/" + (index + 1) + "-" + context.plan().stages().get(index).name() + ".json";
    }

    private StageModel model(StagePlan stage) {
        return stage instanceof SearchStagePlan search && search.on() == SearchStagePlan.On.BASE ? context.findings().base() : context.findings().latest();
    }

    private List<SampleReference> samples(StagePlan stage) {
        if (stage instanceof SearchStagePlan search) {
            return samples(search.search(), search.search().isPareto() ? List.of(search.length(), search.search().shortLength()) : List.of(search.length()));
        }
        return stage instanceof RecoveryStagePlan recovery ? samples(recovery.search(), recovery.lengths()) : List.of();
    }

    private List<SampleReference> samples(SearchPlan search, List<Integer> lengths) {
        var samples = new ArrayList<SampleReference>();
        for (int length : lengths) {
            var data = context.plan().data();
            samples.add(context.scoring().samples(SampleShare.SEARCH, data.samples(SampleShare.SEARCH, length, search.samples()), length));
            samples.add(context.samples(SampleShare.SELECTION, length));
        }
        return samples;
    }

    private Map<String, Object> tree(Finding finding) {
        return Map.of("stage", finding.stage(), "model", reference(finding.model()), "entry", finding.entry());
    }

    /** Checkpoints of the job by their place in the run directory, whatever that is called. */
    private Map<String, String> reference(StageModel model) {
        var name = model.equals(context.findings().base()) ? model.reference().path() : "checkpoints/" + model.directory().getFileName();
        return new TreeMap<>(Map.of("path", name, "fingerprint", model.reference().fingerprint()));
    }

    /** Of a tree from a file and of what it was written from the same. */
    private static String canonical(Object input) {
        return Json.canonical(Json.mapper().convertValue(input, Object.class));
    }
}
