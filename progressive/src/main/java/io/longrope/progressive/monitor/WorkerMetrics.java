package io.longrope.progressive.monitor;

import io.longrope.evaluator.worker.Worker;
import io.longrope.search.work.Score;
import io.longrope.search.work.EvaluationMeter;
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

    private final List<Worker> workers;

    public WorkerMetrics(List<Worker> workers) {
        this.workers = List.copyOf(workers);
    }

    @Override
    public MetricSnapshots collect() {
        var readings = new LinkedHashMap<String, EvaluationMeter.Reading>();
        workers.forEach(worker -> readings.put(worker.name(), worker.reading()));
        return MetricSnapshots.of(
                evaluations(readings),
                counter("longrope_evaluations_refused",
                "Evaluations this worker could not measure, such as those of a checkpoint it has not.",
                        readings, EvaluationMeter.Reading::refused),
                counter("longrope_evaluations_failed", "Evaluations that broke off.", readings, EvaluationMeter.Reading::failed),
                counter("longrope_evaluation_tokens", "Tokens run through models.", readings, EvaluationMeter.Reading::tokens),
                counter("longrope_evaluation_seconds", "Time spent on evaluations that gave a score.", readings,
                EvaluationMeter.Reading::seconds),
                Snapshots.gauge("longrope_worker_busy", "1 while an evaluation is measured.",
                values(readings, reading -> reading.current().isPresent() ? 1 : 0)),
                Snapshots.refusedMessages());
    }

    /** Every outcome is there from the beginning, so that rates are right from the first evaluation. */
    private static CounterSnapshot evaluations(Map<String, EvaluationMeter.Reading> readings) {
        var values = new LinkedHashMap<Labels, Long>();
        readings.forEach((worker, reading) -> {
            for (var outcome : Score.Outcome.values()) {
                values.put(Labels.of(WORKER, worker, "outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-')),
                        reading.scores().getOrDefault(outcome, 0L));
            }
        });
        return Snapshots.counter("longrope_evaluations", "Evaluations measured, by outcome.", values);
    }

    private static CounterSnapshot counter(String name, String help, Map<String, EvaluationMeter.Reading> readings,
                                           ToDoubleFunction<EvaluationMeter.Reading> figure) {
        return Snapshots.counter(name, help, values(readings, figure));
    }

    private static Map<Labels, Double> values(Map<String, EvaluationMeter.Reading> readings,
            ToDoubleFunction<EvaluationMeter.Reading> figure) {
        var values = new LinkedHashMap<Labels, Double>();
        readings.forEach((worker, reading) -> values.put(Labels.of(WORKER, worker), figure.applyAsDouble(reading)));
        return values;
    }
}
