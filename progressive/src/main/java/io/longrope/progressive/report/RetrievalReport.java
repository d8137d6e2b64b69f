package io.longrope.progressive.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.RetrievalPlan;
import io.longrope.progressive.stage.RetrievedCell;
import io.longrope.progressive.stage.RetrievedCell.Place;
import io.longrope.progressive.stage.Retrievals;
import io.longrope.progressive.stage.StageContext;
import io.longrope.search.json.Json;
import io.longrope.search.work.Retrieval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * How often methods found again what was hidden in long prompts.
 *
 * @param cells one for each kind, length, depth and method
 */
public record RetrievalReport(List<RetrievedCell> cells) {

    /** Below the run directory. */
    public static final String FILE = "retrieval.json";

    private static final List<String> HEADERS = List.of("kind", "length", "depth");

    public RetrievalReport {
        cells = List.copyOf(cells);
    }

    /** Asks all at once, and tells the context's listener what was found. */
    public static RetrievalReport measure(StageContext context, RetrievalPlan asked, List<ReportColumn> columns)
            throws InterruptedException {
        var prompts = new ArrayList<Retrievals.Prompts>();
        for (var place : places(asked)) {
            for (var column : columns) {
                prompts.add(new Retrievals.Prompts(place, column.model(), column.candidate().apply(place.length()).orElseThrow(),
                        column.cropped() ? OptionalInt.of(context.geometry().originalLength()) : OptionalInt.empty()));
            }
        }
        var accuracies = context.retrievals().accuracies(prompts, asked.trials(), context.plan().seed());
        var report = new RetrievalReport(IntStream.range(0, prompts.size()).mapToObj(i -> new RetrievedCell(prompts.get(i).place(),
                columns.get(i % columns.size()).title(), accuracies.get(i))).toList());
        report.cells().forEach(context.listener()::retrieved);
        return report;
    }

    private static List<Place> places(RetrievalPlan asked) {
        return asked.kinds().stream().flatMap(kind -> asked.lengths().stream()
                .flatMap(length -> asked.depths().stream().map(depth -> new Place(kind, length, depth)))).toList();
    }

    public List<Retrieval> kinds() {
        return cells.stream().map(cell -> cell.place().kind()).distinct().sorted().toList();
    }

    /** In the order asked, the job's own last. */
    public List<String> methods() {
        return cells.stream().map(RetrievedCell::method).distinct().toList();
    }

    /** The one a job ends with. */
    public String last() {
        return methods().get(methods().size() - 1);
    }

    /** Ascending. */
    public List<Place> places() {
        return cells.stream().map(RetrievedCell::place).distinct().sorted().toList();
    }

    /** Empty where it was not tried. */
    public Optional<Double> find(Place place, String method) {
        return cells.stream().filter(cell -> cell.place().equals(place) && cell.method().equals(method)).findFirst()
                .map(RetrievedCell::accuracy);
    }

    /** For people: the mean over depths. */
    public TextTable table() {
        var rows = new LinkedHashMap<List<String>, List<Place>>();
        places().forEach(place -> rows.computeIfAbsent(List.of(place.kind().toString(), Lengths.format(place.length())),
                row -> new ArrayList<>()).add(place));
        var lines = new ArrayList<List<String>>();
        rows.forEach((names, places) -> {
            var line = new ArrayList<>(names);
            methods().forEach(method -> line.add(mean(places, method).stream().mapToObj(Quantities::percent).findFirst().orElse("-")));
            lines.add(line);
        });
        return new TextTable(headers(HEADERS.subList(0, 2)), lines, 1);
    }

    private OptionalDouble mean(List<Place> places, String method) {
        return places.stream().flatMap(place -> find(place, method).stream()).mapToDouble(Double::doubleValue).average();
    }

    /** For programs: every digit. */
    public TextTable exactTable() {
        return new TextTable(headers(HEADERS), places().stream().map(place -> {
            var line = new ArrayList<>(List.of(place.kind().toString(), Integer.toString(place.length()), Double.toString(place.depth())));
            methods().forEach(method -> line.add(find(place, method).map(String::valueOf).orElse("")));
            return (List<String>) line;
        }).toList());
    }

    private List<String> headers(List<String> first) {
        var headers = new ArrayList<>(first);
        headers.addAll(methods());
        return headers;
    }

    /** For JSON. */
    public Map<String, Object> tree() {
        var rows = places().stream().map(place -> {
            var shares = new LinkedHashMap<String, Object>();
            methods().forEach(method -> find(place, method).ifPresent(share -> shares.put(method, share)));
            var row = new LinkedHashMap<String, Object>();
            row.put("kind", place.kind());
            row.put("length", place.length());
            row.put("depth", place.depth());
            row.put("accuracy", shares);
            return row;
        }).toList();
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("columns", methods());
        tree.put("rows", rows);
        return tree;
    }

    /** Reads what {@link #tree} became as JSON. */
    static RetrievalReport fromTree(JsonNode tree) {
        var cells = new ArrayList<RetrievedCell>();
        for (var row : tree.path("rows")) {
            var place = new Place(Json.mapper().convertValue(row.path("kind"), Retrieval.class), row.path("length").asInt(),
                    row.path("depth").asDouble());
            for (var column : tree.path("columns")) {
                var share = row.path("accuracy").path(column.asText());
                if (share.isNumber()) {
                    cells.add(new RetrievedCell(place, column.asText(), share.asDouble()));
                }
            }
        }
        return new RetrievalReport(cells);
    }
}
