package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.job.JobEvent;

import java.util.ArrayList;
import java.util.Locale;

/** What happened to a job, in one line for people. */
public final class EventText {

    private EventText() {
    }

    /** Without the time. */
    public static String of(JobEvent event) {
        var parts = new ArrayList<String>();
        parts.add(event.stage().isEmpty() ? event.job().value() : event.stage());
        parts.add(switch (event.kind()) {
            case GENERATION -> "generation " + event.generation();
            case WAITS -> "waiting: " + event.waiting().orElseThrow().line();
            case REPORTED -> reported(event);
            default -> event.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        });
        var best = event.numbers().get(JobEvent.BEST);
        if (best != null) {
            parts.add("best " + Quantities.perplexity(best));
        }
        var done = event.numbers().get(JobEvent.EVALUATIONS_DONE);
        if (done != null) {
            parts.add(String.format(Locale.ROOT, "%.0f/%.0f evaluations", done,
                    event.numbers().getOrDefault(JobEvent.EVALUATIONS_PLANNED, done)));
        }
        var step = event.numbers().get(JobEvent.STEP);
        if (step != null) {
            parts.add(String.format(Locale.ROOT, "step %.0f/%.0f", step, event.numbers().getOrDefault(JobEvent.STEPS, step)));
        }
        if (!event.message().isEmpty()) {
            parts.add(event.message());
        }
        return String.join(" · ", parts);
    }

    /** A cell of a closing table: whose it is stands in the message. */
    private static String reported(JobEvent event) {
        var numbers = event.numbers();
        var length = Lengths.format(numbers.getOrDefault(JobEvent.LENGTH, 0.0).intValue());
        var accuracy = numbers.get(JobEvent.ACCURACY);
        var gain = numbers.get(JobEvent.GAIN);
        return accuracy == null ? length + " · " + Quantities.perplexity(numbers.getOrDefault(JobEvent.PERPLEXITY, Double.NaN))
                + (gain == null ? "" : " · gain " + MetricTable.Quantity.GAIN.shown(Estimate.of(gain)))
                : String.format(Locale.ROOT, "%s · depth %.0f %% · %.0f %% found", length,
                100 * numbers.getOrDefault(JobEvent.DEPTH, 0.0), 100 * accuracy);
    }
}
