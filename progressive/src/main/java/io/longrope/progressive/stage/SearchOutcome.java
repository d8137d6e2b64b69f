package io.longrope.progressive.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.plan.SearchPlan;
import io.longrope.search.json.Json;
import io.longrope.search.table.TableEntry;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What stages that search have in common: the samples that decide them, and the tables, costs and fronts they come to. */
final class SearchOutcome {

    private SearchOutcome() {
    }

    static List<Sample> samples(StageContext context, SearchPlan search, List<Integer> lengths) {
        var data = context.plan().data();
        var samples = new ArrayList<Sample>();
        for (int length : lengths) {
            for (int shorter : search.screenedAt(length)) {
                samples.addAll(context.scoring().samples(SampleShare.SEARCH, search.ladder().orElseThrow().samples(), shorter));
            }
            int count = data.samples(SampleShare.SEARCH, length, search.samples());
            samples.addAll(context.scoring().samples(SampleShare.SEARCH, count, length));
            samples.addAll(context.samples(SampleShare.SELECTION, length));
        }
        return samples;
    }

    static Map<String, Object> of(Findings findings, String stage) {
        var outcome = new LinkedHashMap<String, Object>();
        outcome.put("tables", findings.searched().stream().filter(finding -> finding.stage().equals(stage)).map(Finding::entry).toList());
        outcome.put("costs", findings.costs().stream().filter(cost -> cost.stage().equals(stage)).toList());
        outcome.put("fronts", findings.fronts().stream().filter(front -> front.stage().equals(stage)).toList());
        return outcome;
    }

    /** All of it is read before any of it is taken over. */
    static void restore(Findings findings, Stage stage, JsonNode outcome) throws JsonProcessingException {
        var entries = Json.mapper().treeToValue(outcome.path("tables"), TableEntry[].class);
        var costs = Json.mapper().treeToValue(outcome.path("costs"), SearchCost[].class);
        var fronts = Json.mapper().treeToValue(outcome.path("fronts"), Front[].class);
        List.of(costs).forEach(findings::spent);
        List.of(fronts).forEach(findings::found);
        List.of(entries).forEach(entry -> findings.found(new Finding(stage.plan().name(), stage.model(findings), entry)));
    }
}
