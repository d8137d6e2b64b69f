package io.longrope.progressive.monitor;

import io.longrope.evaluator.worker.Worker;
import io.longrope.search.work.Score;
import io.longrope.search.work.EvaluationMeter;
import io.longrope.search.kafka.RefusedMessages;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a process of workers tells Prometheus. */
public final class WorkerMetrics {

    private static final String WORKER = "worker";

    private WorkerMetrics() {
    }

    public static List<Metric> of(List<Worker> workers) {
        var readings = new LinkedHashMap<String, EvaluationMeter.Reading>();
        workers.forEach(worker -> readings.put(worker.name(), worker.reading()));
        var metrics = new ArrayList<Metric>();
        metrics.add(evaluations(readings));
        metrics.add(counter("longrope_evaluations_refused_total", "Evaluations this worker could not measure, such as those of a checkpoint it has not.",
                readings, EvaluationMeter.Reading::refused));
        metrics.add(counter("longrope_evaluations_failed_total", "Evaluations that broke off.", readings, EvaluationMeter.Reading::failed));
        metrics.add(counter("longrope_evaluation_tokens_total", "Tokens run through models.", readings, EvaluationMeter.Reading::tokens));
        metrics.add(counter("longrope_evaluation_seconds_total", "Time spent on evaluations that gave a score.", readings, EvaluationMeter.Reading::seconds));
        metrics.add(new Metric("longrope_worker_busy", "1 while an evaluation is measured.", Metric.Type.GAUGE,
                samples(readings, reading -> reading.current().isPresent() ? 1 : 0)));
        metrics.add(refusedMessages());
        return metrics;
    }

    static Metric refusedMessages() {
        return new Metric("longrope_messages_refused_total", "Messages read that were not ours, by topic.", Metric.Type.COUNTER,
                RefusedMessages.byTopic().entrySet().stream()
                        .map(topic -> new Metric.Sample(Map.of("topic", topic.getKey()), topic.getValue())).toList());
    }

    /** Every outcome is there from the beginning, so that rates are right from the first evaluation. */
    private static Metric evaluations(Map<String, EvaluationMeter.Reading> readings) {
        var samples = new ArrayList<Metric.Sample>();
        readings.forEach((worker, reading) -> {
            for (var outcome : Score.Outcome.values()) {
                var labels = Map.of(WORKER, worker, "outcome", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'));
                samples.add(new Metric.Sample(labels, reading.scores().getOrDefault(outcome, 0L)));
            }
        });
        return new Metric("longrope_evaluations_total", "Evaluations measured, by outcome.", Metric.Type.COUNTER, samples);
    }

    private static Metric counter(String name, String help, Map<String, EvaluationMeter.Reading> readings, ToDoubleFunction<EvaluationMeter.Reading> figure) {
        return new Metric(name, help, Metric.Type.COUNTER, samples(readings, figure));
    }

    private static List<Metric.Sample> samples(Map<String, EvaluationMeter.Reading> readings, ToDoubleFunction<EvaluationMeter.Reading> figure) {
        return readings.entrySet().stream()
                .map(reading -> new Metric.Sample(Map.of(WORKER, reading.getKey()), figure.applyAsDouble(reading.getValue()))).toList();
    }
}
