package io.longrope.progressive.report;

import io.longrope.progressive.stage.Front;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A front between two lengths as a table: what was compared on samples the search never saw, then the rest of the front. */
public record FrontTable(Front front) {

    private static final String PICKED = "picked";
    private static final String FOR_ENGINES = "picked for engines";

    /** For people. */
    public TextTable table() {
        return table(Quantities::perplexity);
    }

    /** For programs: every digit. */
    public TextTable exactTable() {
        return table(value -> Double.toString(value));
    }

    /** For JSON, with the candidates. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("stage", front.stage());
        tree.put("length", front.length());
        tree.put("shortLength", front.shortLength());
        tree.put("rule", front.rule());
        tree.put("picked", front.picked().name());
        tree.put("pickedForEngines", front.pickedForEngines().map(Front.Losses::name).orElse(null));
        tree.put("compared", front.compared().stream().map(FrontTable::tree).toList());
        tree.put("searched", front.searched().stream().map(FrontTable::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(Front.Losses losses) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("name", losses.name());
        tree.put("perplexity", losses.longPerplexity());
        tree.put("shortPerplexity", losses.shortPerplexity());
        tree.put("candidate", losses.candidate());
        return tree;
    }

    private interface Numbers {
        String text(double perplexity);
    }

    private TextTable table(Numbers numbers) {
        var headers = List.of("candidate", "n̂", "attention factor", front.length() + ", searched", front.shortLength() + ", searched",
                Integer.toString(front.length()), Integer.toString(front.shortLength()), "");
        var rows = new ArrayList<List<String>>();
        for (var one : front.compared()) {
            rows.add(row(one, searched(one), Optional.of(one), numbers, mark(one)));
        }
        for (var one : front.searched()) {
            if (front.compared().stream().noneMatch(other -> other.candidate().equals(one.candidate()))) {
                rows.add(row(one, Optional.of(one), Optional.empty(), numbers, ""));
            }
        }
        return new TextTable(headers, rows);
    }

    private Optional<Front.Losses> searched(Front.Losses compared) {
        return front.searched().stream().filter(one -> one.candidate().equals(compared.candidate())).findFirst();
    }

    private String mark(Front.Losses compared) {
        return compared.equals(front.picked()) ? PICKED : front.pickedForEngines().filter(compared::equals).map(same -> FOR_ENGINES)
                .orElse("");
    }

    private static List<String> row(Front.Losses one, Optional<Front.Losses> searched, Optional<Front.Losses> compared, Numbers numbers,
            String mark) {
        return List.of(one.name(), Integer.toString(one.candidate().startTokens()), Double.toString(one.candidate().attentionFactor()),
                searched.map(losses -> numbers.text(losses.longPerplexity())).orElse(""),
                searched.map(losses -> numbers.text(losses.shortPerplexity())).orElse(""),
                compared.map(losses -> numbers.text(losses.longPerplexity())).orElse(""),
                compared.map(losses -> numbers.text(losses.shortPerplexity())).orElse(""), mark);
    }
}
