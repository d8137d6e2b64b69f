package io.longrope.progressive.monitor;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/** {@code GET /metrics} for Prometheus, on all addresses of the machine. */
public final class MetricsServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);

    private final HTTPServer server;

    private MetricsServer(HTTPServer server) {
        this.server = server;
    }

    /**
     * @param port    0 for any free one
     * @param metrics asked at each request, on a thread of the server's
     * @throws BadInput when the port cannot be had
     */
    public static MetricsServer start(int port, MultiCollector metrics) {
        var registry = new PrometheusRegistry();
        registry.register(metrics);
        try {
            var server = HTTPServer.builder().port(port).registry(registry).buildAndStart();
            LOG.info("metrics at http://localhost:{}/metrics", server.getPort());
            return new MetricsServer(server);
        } catch (IOException | IllegalArgumentException e) {
            throw new BadInput(new Problem("--metrics-port", "must be a free port", port + " (" + e.getMessage() + ")", "0 chooses one"),
                    e);
        }
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
