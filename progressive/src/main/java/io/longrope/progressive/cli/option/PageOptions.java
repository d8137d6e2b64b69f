package io.longrope.progressive.cli.option;

import io.longrope.progressive.driver.Cluster;
import io.longrope.progressive.page.LiveJobs;
import io.longrope.progressive.page.PageServer;
import io.longrope.search.kafka.KafkaAttemptLog;
import io.longrope.search.work.AttemptLog;
import picocli.CommandLine.Option;

import java.time.Clock;
import java.util.function.Supplier;

/** Whether people may look. */
public final class PageOptions {

    @Option(names = "--page", paramLabel = "PORT",
            description = "Serve live pages about jobs and workers; 0 = any free port (default: none). The address printed at start holds a"
            + " token, without which nobody pauses, resumes or cancels a job there.")
    private Integer port;

    @Option(names = "--page-host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
            description = "Which address of this machine --page listens at; 0.0.0.0 = all of them, for whoever reaches it to read"
            + " (default: ${DEFAULT-VALUE}).")
    private String host;

    /** What serves the page, and what it reads. */
    private record Served(PageServer server, LiveJobs jobs, AttemptLog attempts) implements AutoCloseable {

        @Override
        public void close() {
            jobs.close();
            server.close();
            attempts.close();
        }
    }

    /**
     * @param cluster stays the caller's
     * @return closes the page; does nothing without --page
     */
    public AutoCloseable serve(Console console, Cluster cluster) {
        return port == null ? () -> { } : start(console, cluster);
    }

    /**
     * @param cluster opened where there is to be a page, and closed with it
     * @return closes the page; does nothing without --page
     */
    public AutoCloseable serve(Console console, Supplier<Cluster> cluster) {
        if (port == null) {
            return () -> { };
        }
        var ends = cluster.get();
        try {
            var served = start(console, ends);
            return () -> {
                try (ends) {
                    served.close();
                }
            };
        } catch (RuntimeException e) {
            ends.close();
            throw e;
        }
    }

    private Served start(Console console, Cluster cluster) {
        var attempts = KafkaAttemptLog.open(cluster.settings(), Clock.systemUTC().instant());
        var jobs = new LiveJobs(cluster.log(), cluster.board(), attempts, Clock.systemUTC());
        try {
            var server = PageServer.start(host, port, jobs);
            // to the terminal only: a log is read by many
            console.terminal().line("page at " + server.address());
            return new Served(server, jobs, attempts);
        } catch (RuntimeException e) {
            jobs.close();
            attempts.close();
            throw e;
        }
    }
}
