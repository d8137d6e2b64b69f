package io.longrope.progressive.monitor;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class DriverMetricsTest {

    private static final JobId JOB = new JobId("job");

    private final DriverMetrics metrics = new DriverMetrics("d", () -> 7);

    @Test
    void aJobIsShownWhileThisDriverRunsIt() {
        metrics.happened(JobEvent.of(JOB, JobEvent.Kind.STARTED, "d", Instant.EPOCH));
        metrics.happened(JobEvent.ofGeneration(JOB, "search-1024", 3, Map.of(JobEvent.BEST, 2.5, JobEvent.EVALUATIONS_DONE, 12.0), "",
                Instant.EPOCH));
        assertThat(text()).contains("longrope_jobs_running 1.0\n", "longrope_tasks_unanswered 7.0\n",
                "longrope_job_best_perplexity{driver=\"d\",job=\"job\",stage=\"search-1024\"} 2.5\n",
                "longrope_job_generation{driver=\"d\",job=\"job\",stage=\"search-1024\"} 3.0\n");
        metrics.happened(JobEvent.of(JOB, JobEvent.Kind.FINISHED, "", Instant.EPOCH));
        metrics.left(JOB);
        assertThat(text()).contains("longrope_jobs_running 0.0\n", "longrope_jobs_ended_total{end=\"finished\"} 1.0\n",
                "longrope_jobs_ended_total{end=\"failed\"} 0.0\n").doesNotContain("longrope_job_best_perplexity");
    }

    @Test
    void aJobLostIsNoLongerShown() {
        metrics.happened(JobEvent.of(JOB, JobEvent.Kind.STARTED, "d", Instant.EPOCH));
        metrics.left(JOB);
        assertThat(text()).contains("longrope_jobs_running 0.0\n", "longrope_jobs_ended_total{end=\"finished\"} 0.0\n");
    }

    private String text() {
        try (var server = MetricsServer.start(0, metrics)) {
            var request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/metrics")).build();
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
