package io.longrope.progressive.cli.serve;

import io.longrope.progressive.monitor.MetricsServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import picocli.CommandLine.Option;

/** Whether Prometheus may look. */
final class MetricsOptions {

    @Option(names = "--metrics-port", paramLabel = "PORT",
            description = "Serve http://HOST:PORT/metrics for Prometheus, on all addresses; 0 = any free port"
            + " (default: none).")
    private Integer port;

    /** @return closes the port; does nothing without --metrics-port */
    AutoCloseable serve(MultiCollector metrics) {
        return port == null ? () -> { } : MetricsServer.start(port, metrics);
    }
}
