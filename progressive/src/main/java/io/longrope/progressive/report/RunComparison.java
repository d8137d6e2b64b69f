package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.Estimate;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.SideBySide.Cell;
import io.longrope.progressive.report.SideBySide.Line;
import io.longrope.progressive.report.SideBySide.Place;
import io.longrope.progressive.stage.RetrievedCell;
import io.longrope.search.job.FoundTable;
import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableDifference;
import io.longrope.search.table.TableEntry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Runs side by side: what they were asked for, what they measured, the tables they found and what that cost. Made of run directories
 * or of what the job log tells; of a run that is not done there is what it has so far.
 */
public final class RunComparison {

    /** More would make lines of a chart that nobody can tell apart. */
    public static final int MOST = 8;

    private final Map<String, RunReport> runs;
    private final List<String> names;

    /** @param runs by their names, in the order to show them; two or more */
    public RunComparison(Map<String, RunReport> runs) {
        Require.that(runs.size() >= 2 && runs.size() <= MOST, "runs", "must be two to " + MOST + " different ones to compare", runs.size());
        this.runs = Collections.unmodifiableMap(new LinkedHashMap<>(runs));
        this.names = List.copyOf(runs.keySet());
    }

    /** The runs, in the order to show them. */
    List<String> names() {
        return names;
    }

    /** Those that have something to say; what differs in the plans first, costs last. */
    public List<SideBySide> tables() {
        return List.of(plans(), perplexities(), gains(), retrievals(), factors(), costs()).stream()
                .filter(table -> !table.isEmpty()).toList();
    }

    /** All tables under headings. */
    public String markdown() {
        var text = new StringBuilder();
        for (var table : tables()) {
            text.append("## ").append(table.title()).append("\n\n").append(table.remark()).append("\n\n").append(table.table().markdown())
                    .append("\n\n");
        }
        return text.toString().stripTrailing();
    }

    /** All tables as one: what is compared, where, and a figure of every run with all its digits. */
    public TextTable exactTable() {
        var headers = new ArrayList<>(List.of("table", "of"));
        headers.addAll(names);
        return new TextTable(headers, tables().stream().flatMap(table -> table.exactRows().stream()).toList(), 2);
    }

    /** For JSON. */
    public Map<String, Object> tree() {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("schema", 1);
        tree.put("runs", names);
        tables().forEach(table -> tree.put(table.key(), table.tree()));
        return tree;
    }

    /** Values of the plans that are not the same in all. */
    SideBySide plans() {
        var difference = new PlanDifference(of(RunReport::plan));
        var lines = difference.keys().stream().map(key -> line(List.of(Place.of(key)), difference.values(key),
                value -> value.map(text -> new Cell(text, text)))).toList();
        return table("plan", "What the plans differ in", "Keys that have the same value in all plans are left out, and so are those whose "
                + "values follow from other keys.", List.of("key"), lines);
    }

    SideBySide perplexities() {
        return closing("perplexity", "Perplexity by length and method", "On text that neither a search nor a choice saw; lower is "
                + "better. " + (hasOneCrop() ? "Figures of runs compare where their model, text and samples are the same."
                : "Crop is not the same in all runs, so their base model, text or samples are not: hold each run against its own crop; "
                + "with one seed and one text their samples would be the same."),
                closing -> Optional.of(closing.perplexities()), PerplexityReport::columns,
                report -> report.rows().stream().map(PerplexityReport.Row::length).toList(), RunComparison::perplexity);
    }

    /** Whether crop, which no search changes, has one perplexity at each length, as on the same samples of one model. */
    private boolean hasOneCrop() {
        var crop = new LinkedHashMap<Integer, OptionalDouble>();
        return closingTables().values().stream().map(ClosingTable::perplexities).allMatch(report -> report.rows().stream().allMatch(row -> {
            var figure = report.figure(row.length(), Crop.NAME);
            return figure.isEmpty() || figure.equals(crop.computeIfAbsent(row.length(), length -> figure));
        }));
    }

    SideBySide gains() {
        return closing("gain", "Gain over crop", "Mean over the tokens beyond the base model's window of crop's loss minus the method's, "
                + "in nats; above 0 text farther away than the window helps.", ClosingTable::gains, PositionReport::columns,
                report -> report.rows().stream().map(PositionReport.Row::length).toList(), RunComparison::gain);
    }

    SideBySide retrievals() {
        var reports = of(RunReport::retrieval);
        var places = new TreeSet<RetrievedCell.Place>();
        reports.forEach(report -> report.ifPresent(one -> places.addAll(one.places())));
        var lines = places.stream().map(place -> line(List.of(Place.of(place.kind().toString()), length(place.length()),
                new Place(Quantities.percent(place.depth()), place.depth())), reports, report -> report
                .flatMap(one -> one.find(place, one.last()))
                .map(accuracy -> new Cell(Quantities.percent(accuracy), accuracy)))).toList();
        return table("retrieval", "Found again", "Share of what was hidden in prompts that each run's last checkpoint found again, by "
                + "length and by where it lay.", List.of("kind", "length", "depth"), lines);
    }

    /** What the tables found hold for each length that several of them have, and how far each is from that of the first run. */
    SideBySide factors() {
        var tables = factorTables();
        var all = of(run -> factorTable(run));
        var first = tables.values().stream().findFirst();
        var lines = new ArrayList<Line>();
        for (int length : comparable(tables.values())) {
            lines.add(entry(length, "n̂", all, entry -> whole(entry.best().candidate().startTokens())));
            lines.add(entry(length, "attention factor", all, entry -> decimal(entry.best().candidate().attentionFactor())));
            lines.add(entry(length, "λ of the lowest frequency", all, entry -> decimal(entry.best().candidate().factors()
                    .get(entry.best().candidate().factors().pairs() - 1))));
            lines.add(line(List.of(length(length), Place.of("ln λ away from the first")), all, table -> table.filter(one ->
                    one.geometry().pairs() == first.orElseThrow().geometry().pairs())
                    .flatMap(one -> TableDifference.between(first.orElseThrow(), one).shared().stream()
                            .filter(entry -> entry.length() == length).findFirst()).map(entry -> decimal(entry.distance()))));
        }
        return table("factors", "Factor tables", "ln λ away from the first: root mean square over rotary pairs of ln(λ / λ of the first "
                + "run that has a table). Lengths for which only one run has a table are left out.", List.of("length", "of"), lines);
    }

    /** The lengths at which there is something to compare, in their order. */
    private static List<Integer> comparable(Collection<FactorTable> tables) {
        return tables.stream().flatMap(table -> table.entries().stream()).collect(Collectors.groupingBy(TableEntry::length, TreeMap::new,
                Collectors.counting())).entrySet().stream().filter(length -> length.getValue() > 1).map(Map.Entry::getKey).toList();
    }

    SideBySide costs() {
        var histories = of(RunReport::history);
        var lines = List.of(
                cost("state", histories, history -> new Cell(history.state(), history.state())),
                cost("evaluations", histories, history -> whole(history.cost().evaluations())),
                cost("tokens of searches", histories, history -> new Cell(Quantities.brief(history.cost().tokens()),
                        history.cost().tokens())),
                cost("time of stages", histories, history -> new Cell(Quantities.clock(history.cost().stages()),
                        history.cost().stages().toMillis() / 1e3)),
                line(List.of(Place.of("device-hours")), histories, history -> Optional.of(history.cost().devices())
                        .filter(OptionalDouble::isPresent).map(OptionalDouble::getAsDouble)
                        .map(seconds -> new Cell(Quantities.hours(seconds), seconds / 3600))));
        return table("cost", "What it cost", "Evaluations and tokens are those of the searches, answered from earlier results or measured; "
                + "times are h:mm:ss, for programs seconds.", List.of("of"), lines);
    }

    /** The table each run is after, by run: the last of all lengths, or what there is so far; runs without one are absent. */
    Map<String, FactorTable> factorTables() {
        return byRun(RunComparison::factorTable);
    }

    Map<String, RetrievalReport> retrievalReports() {
        return byRun(RunReport::retrieval);
    }

    /** By run, of those that have one. */
    Map<String, ClosingTable> closingTables() {
        return byRun(RunReport::closing);
    }

    private <T> Map<String, T> byRun(Function<RunReport, Optional<T>> part) {
        var parts = new LinkedHashMap<String, T>();
        runs.forEach((name, run) -> part.apply(run).ifPresent(one -> parts.put(name, one)));
        return parts;
    }

    private static Optional<Cell> perplexity(PerplexityReport report, Integer length, String column) {
        var found = report.figure(length, column);
        return found.isEmpty() ? Optional.empty() : Optional.of(new Cell(Quantities.perplexity(found.getAsDouble()), found.getAsDouble()));
    }

    private static Optional<Cell> gain(PositionReport report, Integer length, String column) {
        return report.figure(length, column).map((Estimate figure) -> new Cell(MetricTable.Quantity.GAIN.shown(figure), figure.value()));
    }

    private static Optional<FactorTable> factorTable(RunReport run) {
        return Optional.ofNullable(run.tables().get(FoundTable.FINAL)).or(() -> run.tables().values().stream()
                .max(Comparator.comparingInt(table -> table.longest().length())));
    }

    /** Of one closing table of each run: a line for each length and method that any of them has. */
    private <T> SideBySide closing(String key, String title, String remark, Function<ClosingTable, Optional<T>> part,
                                   Function<T, List<String>> columns, Function<T, List<Integer>> lengths, Figure<T> figure) {
        var reports = of(run -> run.closing().flatMap(part));
        var there = reports.stream().flatMap(Optional::stream).toList();
        var methods = union(there, columns);
        var lines = new ArrayList<Line>();
        for (int length : union(there, lengths).stream().sorted().toList()) {
            methods.forEach(method -> lines.add(line(List.of(length(length), Place.of(method)), reports,
                    report -> report.flatMap(one -> figure.at(one, length, method)))));
        }
        return table(key, title, remark, List.of("length", "method"),
                lines.stream().filter(line -> line.cells().stream().anyMatch(Optional::isPresent)).toList());
    }

    @FunctionalInterface
    private interface Figure<T> {

        Optional<Cell> at(T report, Integer length, String column);
    }

    private Line entry(int length, String what, List<Optional<FactorTable>> tables, Function<TableEntry, Cell> figure) {
        return line(List.of(length(length), Place.of(what)), tables, table -> table.flatMap(one -> one.entries().stream()
                .filter(entry -> entry.length() == length).findFirst()).map(figure));
    }

    private static Line cost(String what, List<RunHistory> histories, Function<RunHistory, Cell> figure) {
        return line(List.of(Place.of(what)), histories, history -> Optional.of(figure.apply(history)));
    }

    private SideBySide table(String key, String title, String remark, List<String> headers, List<Line> lines) {
        return new SideBySide(key, title, remark, headers, names, lines);
    }

    private <T> List<T> of(Function<RunReport, T> part) {
        return runs.values().stream().map(part).toList();
    }

    private static <T> Line line(List<Place> place, List<T> runs, Function<T, Optional<Cell>> figure) {
        return new Line(place, runs.stream().map(figure).toList());
    }

    private static <T, E> Collection<E> union(List<T> reports, Function<T, ? extends Collection<E>> parts) {
        var union = new LinkedHashSet<E>();
        reports.forEach(report -> union.addAll(parts.apply(report)));
        return union;
    }

    private static Place length(int tokens) {
        return new Place(Lengths.format(tokens), tokens);
    }

    private static Cell whole(long number) {
        return new Cell(Long.toString(number), number);
    }

    private static Cell decimal(double number) {
        return new Cell(String.format(Locale.ROOT, "%.4f", number), number);
    }
}
