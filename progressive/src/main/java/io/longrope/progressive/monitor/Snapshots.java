package io.longrope.progressive.monitor;

import io.longrope.search.kafka.RefusedMessages;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

import java.util.Map;
import java.util.TreeMap;

/** Metrics as Prometheus's library has them, from values by label. */
final class Snapshots {

    private Snapshots() {
    }

    static GaugeSnapshot gauge(String name, String help, double value) {
        return gauge(name, help, Map.of(Labels.EMPTY, value));
    }

    static GaugeSnapshot gauge(String name, String help, Map<Labels, ? extends Number> values) {
        var gauge = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) ->
                gauge.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(value.doubleValue()).build()));
        return gauge.build();
    }

    /** @param name without the {@code _total} that the library adds */
    static CounterSnapshot counter(String name, String help, Map<Labels, ? extends Number> values) {
        var counter = CounterSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) ->
                counter.dataPoint(CounterDataPointSnapshot.builder().labels(labels).value(value.doubleValue()).build()));
        return counter.build();
    }

    /** What every role has read on our topics that was not ours. */
    static CounterSnapshot refusedMessages() {
        var values = new TreeMap<Labels, Long>();
        RefusedMessages.byTopic().forEach((topic, count) -> values.put(Labels.of("topic", topic), count));
        return counter("longrope_messages_refused", "Messages read that were not ours, by topic.", values);
    }
}
