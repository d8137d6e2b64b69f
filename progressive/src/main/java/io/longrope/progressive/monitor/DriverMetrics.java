package io.longrope.progressive.monitor;

import io.longrope.progressive.driver.JobObserver;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/** What a driver tells Prometheus: its jobs, from the events it publishes about them. Thread-safe. */
public final class DriverMetrics implements JobObserver, MultiCollector {

    private final String driver;
    private final IntSupplier unanswered;
    private final Map<JobId, JobState> running = new TreeMap<>((one, other) -> one.value().compareTo(other.value()));
    private final Map<JobEvent.Kind, Long> ended = new EnumMap<>(JobEvent.Kind.class);

    /** @param unanswered tasks asked for whose results are awaited */
    public DriverMetrics(String driver, IntSupplier unanswered) {
        this.driver = driver;
        this.unanswered = unanswered;
        List.of(JobEvent.Kind.FINISHED, JobEvent.Kind.INCOMPLETE, JobEvent.Kind.FAILED, JobEvent.Kind.CANCELLED)
                .forEach(kind -> ended.put(kind, 0L));
    }

    @Override
    public synchronized void happened(JobEvent event) {
        var state = running.getOrDefault(event.job(), JobState.queued(event.job(), "", event.at())).after(event);
        if (state.phase().hasEnded()) {
            running.remove(event.job());
            ended.merge(event.kind(), 1L, Long::sum);
        } else {
            running.put(event.job(), state);
        }
    }

    @Override
    public synchronized void left(JobId job) {
        running.remove(job);
    }

    @Override
    public synchronized MetricSnapshots collect() {
        return MetricSnapshots.of(
                Snapshots.gauge("longrope_jobs_running", "Jobs this driver runs.", running.size()),
                Snapshots.counter("longrope_jobs_ended", "Jobs this driver took to their end, by how they ended.", ended.entrySet().stream()
                        .collect(Collectors.toMap(kind -> Labels.of("end", kind.getKey().name().toLowerCase(Locale.ROOT)),
                        Map.Entry::getValue))),
                ofJobs("longrope_job_best_perplexity",
                "Lowest perplexity found so far in the stage, of needles where they are its objective.", JobEvent.BEST),
                ofJobs("longrope_job_evaluations_done", "Evaluations of the stage answered.", JobEvent.EVALUATIONS_DONE),
                ofJobs("longrope_job_evaluations_planned", "Evaluations the stage is expected to need.", JobEvent.EVALUATIONS_PLANNED),
                ofJobs("longrope_job_evaluations_per_hour", "Evaluations answered per hour, lately.", JobEvent.EVALUATIONS_PER_HOUR),
                ofJobs("longrope_job_left_seconds", "Expected time to the end of the stage.", JobEvent.SECONDS_LEFT),
                Snapshots.gauge("longrope_job_generation", "The generation last scored.",
                        running.values().stream().collect(Collectors.toMap(this::labels, JobState::generation))),
                Snapshots.gauge("longrope_tasks_unanswered", "Tasks asked for whose results are awaited.",
                unanswered.getAsInt()),
                Snapshots.refusedMessages());
    }

    private GaugeSnapshot ofJobs(String name, String help, String number) {
        return Snapshots.gauge(name, help, running.values().stream().filter(state -> state.numbers().containsKey(number))
                .collect(Collectors.toMap(this::labels, state -> state.numbers().get(number))));
    }

    private Labels labels(JobState state) {
        return Labels.of("driver", driver, "job", state.id().value(), "stage", state.stage());
    }
}
