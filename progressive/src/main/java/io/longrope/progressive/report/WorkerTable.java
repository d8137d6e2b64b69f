package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.WorkerStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The workers on a board.
 *
 * @param workers by name
 * @param now     when they are looked at
 */
public record WorkerTable(List<WorkerStatus> workers, Instant now) {

    /** Several heartbeats: a worker that missed so many is probably dead. */
    private static final Duration SILENT = Duration.ofSeconds(30);

    /** Of many the rest is counted. */
    private static final int SILENT_NAMED = 3;

    /** Those that said that they leave, and did, are gone. */
    public WorkerTable {
        workers = workers.stream().filter(worker -> !worker.hasSaidGoodbye() || !worker.isSilent(now, SILENT)).toList();
    }

    /** One line: how many there are and how many have work; who fell silent, when, and what becomes of its work. */
    public String summary() {
        long busy = workers.stream().filter(worker -> worker.doing().isPresent() && !worker.isSilent(now, SILENT)).count();
        var silent = workers.stream().filter(worker -> worker.isSilent(now, SILENT)).toList();
        var there = silent.size() == workers.size() ? "no worker is there, and no job goes on without one"
                : Plural.of(workers.size() - silent.size(), "worker") + ", " + busy + " busy";
        return there + (silent.isEmpty() ? "" : ", " + silent.size()
                + " silent: " + named(silent) + " (killed or cut off; others get what was in hand)");
    }

    /** Whether any worker answers and means to stay. */
    public boolean isAnybodyThere() {
        return workers.stream().anyMatch(this::isThere);
    }

    public TextTable table() {
        return new TextTable(List.of("worker", "queue", "device", "state", "doing", "results", "tokens/s", "memory", "heard"),
                workers.stream().map(this::row).toList(), 5);
    }

    /** One line for each worker that refused tasks and does nothing: what it refused and why. In the table they would be a screen wide. */
    public List<String> troubles() {
        return workers.stream().filter(this::hasOnlyRefused).map(worker -> worker.worker() + " refused " + refusals(worker))
                .toList();
    }

    public TextTable exactTable() {
        var trees = tree();
        var headers = List.of("worker", "queue", "device", "state", "job", "doing", "results", "refusals", "tokensPerSecond", "memoryUsed",
                "memoryTotal", "at");
        return new TextTable(headers,
                trees.stream().map(tree -> headers.stream().map(name -> String.valueOf(tree.get(name))).toList()).toList(), 5);
    }

    public List<Map<String, Object>> tree() {
        return workers.stream().map(this::tree).toList();
    }

    private List<String> row(WorkerStatus worker) {
        return List.of(worker.worker(), worker.queue(), worker.device(),
                state(worker) + (hasOnlyRefused(worker) ? ", refused " + worker.refusals().size() : ""),
                worker.doing().map(WorkerTable::doing).orElse(""), Long.toString(worker.results()),
                String.format(Locale.ROOT, "%,.0f", worker.tokensPerSecond()), memory(worker),
                Quantities.clock(Duration.between(worker.at(), now)) + " ago");
    }

    private Map<String, Object> tree(WorkerStatus worker) {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("worker", worker.worker());
        tree.put("queue", worker.queue());
        tree.put("device", worker.device());
        tree.put("state", state(worker) + (hasOnlyRefused(worker) ? ", refused " + refusals(worker) : ""));
        tree.put("job", worker.doing().map(WorkerStatus.Doing::job).orElse(""));
        tree.put("doing", worker.doing().map(WorkerTable::doing).orElse(""));
        tree.put("results", worker.results());
        tree.put("refusals", worker.refusals());
        tree.put("tokensPerSecond", worker.tokensPerSecond());
        tree.put("memoryUsed", worker.memoryUsed());
        tree.put("memoryTotal", worker.memoryTotal());
        tree.put("at", worker.at().toString());
        return tree;
    }

    private static String named(List<WorkerStatus> silent) {
        return silent.stream().limit(SILENT_NAMED).map(worker -> worker.worker() + " since " + Quantities.timeOfDay(worker.at()))
                .collect(Collectors.joining(", "))
                + (silent.size() > SILENT_NAMED ? " and " + (silent.size() - SILENT_NAMED) + " more" : "");
    }

    private String state(WorkerStatus worker) {
        if (worker.isSilent(now, SILENT)) {
            return "silent";
        }
        if (worker.hasSaidGoodbye()) {
            return "leaving";
        }
        if (worker.stopped().isPresent()) {
            return "stopped: " + worker.stopped().get();
        }
        return worker.doing().isPresent() ? "busy" : "waiting";
    }

    private boolean hasOnlyRefused(WorkerStatus worker) {
        return isThere(worker) && worker.stopped().isEmpty() && worker.doing().isEmpty() && !worker.refusals().isEmpty();
    }

    private boolean isThere(WorkerStatus worker) {
        return !worker.isSilent(now, SILENT) && !worker.hasSaidGoodbye();
    }

    private static String refusals(WorkerStatus worker) {
        return worker.refusals().entrySet().stream().map(refusal -> refusal.getKey() + ": " + refusal.getValue())
                .collect(Collectors.joining("; "));
    }

    private static String doing(WorkerStatus.Doing doing) {
        return doing.what() + doing.training().map(training -> ", step " + training.step() + "/" + training.steps()).orElse("");
    }

    private static String memory(WorkerStatus worker) {
        if (worker.memoryTotal() == 0) {
            return "";
        }
        return (worker.memoryUsed() == 0 ? "?" : Bytes.format(worker.memoryUsed())) + " of " + Bytes.format(worker.memoryTotal());
    }
}
