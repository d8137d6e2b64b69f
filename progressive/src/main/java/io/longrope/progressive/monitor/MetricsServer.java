package io.longrope.progressive.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** {@code GET /metrics} for Prometheus, on all addresses of the machine. */
public final class MetricsServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final String PATH = "/metrics";
    private static final String CONTENT = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    private MetricsServer(HttpServer server) {
        this.server = server;
    }

    /**
     * @param port    0 for any free one
     * @param metrics asked at each request, on a thread of the server's
     * @throws BadInput when the port cannot be had
     */
    public static MetricsServer start(int port, Supplier<List<Metric>> metrics) {
        try {
            var server = HttpServer.create(new InetSocketAddress(port), 0);
            server.createContext(PATH, exchange -> answer(exchange, metrics));
            server.start();
            LOG.info("metrics at http://localhost:{}{}", server.getAddress().getPort(), PATH);
            return new MetricsServer(server);
        } catch (IOException | IllegalArgumentException e) {
            throw new BadInput(new Problem("--metrics-port", "must be a free port", port + " (" + e.getMessage() + ")", "0 chooses one"), e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static void answer(HttpExchange exchange, Supplier<List<Metric>> metrics) throws IOException {
        try (exchange) {
            if (!exchange.getRequestURI().getPath().equals(PATH)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                exchange.sendResponseHeaders(405, -1);
            } else {
                var body = Metric.text(metrics.get()).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", CONTENT);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (RuntimeException e) {
            LOG.warn("cannot tell the metrics: {}", e.getMessage());
            throw e;
        }
    }
}
