package io.longrope.progressive.cli;

import io.longrope.progressive.monitor.Metric;
import io.longrope.progressive.monitor.MetricsServer;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.function.Supplier;

/** Whether Prometheus may look. */
final class MetricsOptions {

    @Option(names = "--metrics-port", paramLabel = "PORT", description = "Serve http://HOST:PORT/metrics for Prometheus, on all addresses; 0 = any free port"
            + " (default: none).")
    private Integer port;

    /** @return closes the port; does nothing without --metrics-port */
    AutoCloseable serve(Supplier<List<Metric>> metrics) {
        return port == null ? () -> { } : MetricsServer.start(port, metrics);
    }
}
