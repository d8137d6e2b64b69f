package io.longrope.progressive.monitor;

import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One metric with its values, as Prometheus knows it.
 *
 * @param name    snake case, beginning with longrope_; a counter's ends in _total
 * @param help    one sentence
 * @param type    counter or gauge
 * @param samples one per combination of labels
 */
public record Metric(String name, String help, Type type, List<Sample> samples) {

    private static final Pattern NAME = Pattern.compile("longrope(_[a-z0-9]+)+");

    public enum Type {
        /** Only ever grows while the process lives. */
        COUNTER,
        GAUGE
    }

    /** @param labels by name */
    public record Sample(Map<String, String> labels, double value) {

        public Sample {
            labels = new TreeMap<>(labels);
        }
    }

    public Metric {
        Require.that(name != null && NAME.matcher(name).matches(), "metric", "must be named in snake case after longrope", name);
        Require.that(type != Type.COUNTER || name.endsWith("_total"), "metric", "must end in _total when it counts", name);
        samples = List.copyOf(samples);
    }

    public static Metric gauge(String name, String help, double value) {
        return new Metric(name, help, Type.GAUGE, List.of(new Sample(Map.of(), value)));
    }

    /** All metrics in Prometheus's text format, version 0.0.4; metrics without samples are left out. */
    public static String text(List<Metric> metrics) {
        return metrics.stream().filter(metric -> !metric.samples().isEmpty()).map(Metric::text).collect(Collectors.joining());
    }

    private String text() {
        var text = new StringBuilder("# HELP " + name + " " + help.replace("\\", "\\\\").replace("\n", "\\n") + "\n");
        text.append("# TYPE ").append(name).append(' ').append(type.name().toLowerCase(Locale.ROOT)).append('\n');
        samples.forEach(sample -> text.append(name).append(labels(sample.labels())).append(' ').append(number(sample.value())).append('\n'));
        return text.toString();
    }

    private static String labels(Map<String, String> labels) {
        if (labels.isEmpty()) {
            return "";
        }
        return labels.entrySet().stream()
                .map(label -> label.getKey() + "=\"" + label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String number(double value) {
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }
}
