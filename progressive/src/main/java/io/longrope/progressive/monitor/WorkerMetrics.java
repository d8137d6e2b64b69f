package io.longrope.progressive.monitor;

import io.longrope.evaluator.worker.Worker;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.TaskMeter;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a process of workers tells Prometheus. */
public final class WorkerMetrics implements MultiCollector {

    private static final String WORKER = "worker";
    private static final List<String> OUTCOMES = List.of("loss", "diverged", "answers", "trained", "facts");

    private final List<Worker> workers;

    public WorkerMetrics(List<Worker> workers) {
        this.workers = List.copyOf(workers);
    }

    @Override
    public MetricSnapshots collect() {
        var readings = new LinkedHashMap<String, TaskMeter.Reading>();
        workers.forEach(worker -> readings.put(worker.name(), worker.reading()));
        return MetricSnapshots.of(
                Snapshots.counter("longrope_results", "Tasks this worker gave a result of, by what they came to.",
                        results(readings)),
                Snapshots.counter("longrope_attempts", "Tasks it gave no result of, by what happened.", attempts(readings)),
                counter("longrope_tokens", "Tokens run through models.", readings, TaskMeter.Reading::tokens),
                counter("longrope_task_seconds", "Time spent on tasks that gave a result.", readings, TaskMeter.Reading::seconds),
                Snapshots.gauge("longrope_worker_busy", "1 while a task is done.",
                        values(readings, reading -> reading.current().isPresent() ? 1 : 0)),
                Snapshots.gauge("longrope_worker_stopped", "1 while it asks for no work because it failed again and again.",
                        values(readings, reading -> reading.stopped().isPresent() ? 1 : 0)),
                Snapshots.refusedMessages());
    }

    /** Every outcome is there from the beginning, so that rates are right from the first result. */
    private static Map<Labels, Long> results(Map<String, TaskMeter.Reading> readings) {
        var values = new LinkedHashMap<Labels, Long>();
        readings.forEach((worker, reading) -> OUTCOMES.forEach(outcome ->
                values.put(Labels.of(WORKER, worker, "outcome", outcome), reading.outcomes().getOrDefault(outcome, 0L))));
        return values;
    }

    private static Map<Labels, Long> attempts(Map<String, TaskMeter.Reading> readings) {
        var values = new LinkedHashMap<Labels, Long>();
        readings.forEach((worker, reading) -> {
            for (var kind : Attempt.Kind.values()) {
                values.put(Labels.of(WORKER, worker, "kind", kind.name().toLowerCase(Locale.ROOT).replace('_', '-')),
                        reading.attempts().getOrDefault(kind, 0L));
            }
        });
        return values;
    }

    private static CounterSnapshot counter(String name, String help, Map<String, TaskMeter.Reading> readings,
                                           ToDoubleFunction<TaskMeter.Reading> figure) {
        return Snapshots.counter(name, help, values(readings, figure));
    }

    private static Map<Labels, Double> values(Map<String, TaskMeter.Reading> readings,
            ToDoubleFunction<TaskMeter.Reading> figure) {
        var values = new LinkedHashMap<Labels, Double>();
        readings.forEach((worker, reading) -> values.put(Labels.of(WORKER, worker), figure.applyAsDouble(reading)));
        return values;
    }
}
