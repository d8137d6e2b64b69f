package io.longrope.progressive.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longrope.progressive.report.HtmlPage;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * Serves pages about jobs: {@code /} all of them, {@code /jobs/ID} one, {@code /compare?job=ID&job=ID} several side by side,
 * {@code /events} that there is something new. Anybody who reaches it may read; to pause, resume or cancel takes the token, as the field
 * {@code token} of what is posted to {@code /jobs/ID/pause}. A browser that opened {@link #address} keeps it in a cookie.
 */
public final class PageServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);
    private static final String HTML = "text/html";
    private static final String PNG = ".png";
    /** Addresses of pages here. */
    private static final Pattern OWN = Pattern.compile("/(?!/)[A-Za-z0-9/?=&.-]*");
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("page"));
    private final LiveJobs jobs;
    private final EventStream events;
    private final PageToken token = PageToken.random();

    private PageServer(HttpServer server, LiveJobs jobs) {
        this.server = server;
        this.jobs = jobs;
        events = new EventStream(jobs);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /**
     * @param host which of this machine's addresses it listens at
     * @param port 0 for any free one
     * @param jobs stays the caller's, who closes it first
     * @throws BadInput when the address cannot be had
     */
    public static PageServer start(String host, int port, LiveJobs jobs) {
        try {
            return new PageServer(HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), 0), jobs);
        } catch (UnknownHostException e) {
            throw new BadInput(new Problem("--page-host", "must be an address of this machine", host, "0.0.0.0 is all of them"), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new BadInput(new Problem("--page", "must be a free port of " + host, port + " (" + e.getMessage() + ")",
                    "0 chooses one"), e);
        }
    }

    /** With the token: who opens it may do what the pages offer. */
    public String address() {
        var address = server.getAddress();
        var host = address.getAddress().isAnyLocalAddress() ? "localhost" : address.getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/?token=" + token.text();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange http) {
        try (http) {
            var exchange = new Exchange(http);
            try {
                route(exchange);
            } catch (NotThere e) {
                exchange.answer(404, "text/plain", e.getMessage());
            } catch (BadInput e) {
                exchange.answer(400, "text/plain", e.getMessage());
            } catch (RuntimeException e) {
                LOG.warn("{} was not answered: {}", exchange.address(), e.toString());
                LOG.debug("not answered", e);
                exchange.answer(500, "text/plain", "something went wrong; the log says what");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("a browser left before it had its answer: {}", e.toString());
        }
    }

    private void route(Exchange exchange) throws IOException, InterruptedException, NotThere {
        var path = exchange.path();
        if (!isForUs(exchange)) {
            exchange.answer(421, "text/plain", "this page is for browsers of its own machine");
        } else if (exchange.posts()) {
            post(exchange, path);
        } else if (exchange.reads()) {
            get(exchange, path);
        } else {
            exchange.answer(405, "text/plain", "only GET, HEAD and POST");
        }
    }

    /** A page elsewhere may make a name of its own lead to this machine, and so read what only this machine should. */
    private boolean isForUs(Exchange exchange) {
        var listens = server.getAddress().getAddress();
        return !listens.isLoopbackAddress() || LOOPBACK_NAMES.contains(exchange.host()) || exchange.host().equals(listens.getHostAddress());
    }

    private void get(Exchange exchange, List<String> path) throws IOException, InterruptedException, NotThere {
        switch (path.get(0)) {
            case "" -> overview(exchange);
            case "jobs" -> job(exchange, path);
            case "compare" -> compare(exchange, path);
            case "events" -> events.serve(exchange);
            case "report.css" -> exchange.answer(200, "text/css", HtmlPage.style());
            case "page.css" -> exchange.answer(200, "text/css", HtmlPage.resource(PageServer.class, "page.css"));
            case "page.js" -> exchange.answer(200, "text/javascript", HtmlPage.resource(PageServer.class, "page.js"));
            default -> throw new NotThere(exchange.address());
        }
    }

    private void overview(Exchange exchange) throws IOException {
        var given = exchange.query().get("token");
        if (given == null) {
            show(exchange, new OverviewPage(jobs).page());
        } else {
            unlock(exchange, given.get(0), "/");
        }
    }

    private void job(Exchange exchange, List<String> path) throws IOException, InterruptedException, NotThere {
        if (path.size() == 2) {
            show(exchange, JobPage.of(jobs, path.get(1)).page(known(exchange)));
        } else if (path.size() == 4 && path.get(2).equals("charts") && path.get(3).endsWith(PNG)) {
            show(exchange, JobPage.of(jobs, path.get(1)).picture(path.get(3).substring(0, path.get(3).length() - PNG.length())));
        } else {
            throw new NotThere(exchange.address());
        }
    }

    private void compare(Exchange exchange, List<String> path) throws IOException, InterruptedException, NotThere {
        var page = ComparePage.of(jobs, exchange.query().getOrDefault(ComparePage.JOB, List.of()));
        if (path.size() == 1) {
            show(exchange, page.page());
        } else if (path.size() == 3 && path.get(1).equals("charts") && path.get(2).endsWith(PNG)) {
            show(exchange, page.picture(path.get(2).substring(0, path.get(2).length() - PNG.length())));
        } else {
            throw new NotThere(exchange.address());
        }
    }

    private static void show(Exchange exchange, Drawn.Picture picture) throws IOException {
        if (exchange.query().getOrDefault("version", List.of()).contains(picture.version())) {
            exchange.keep();
        }
        exchange.answer(200, "image/png", picture.figure().png());
    }

    private void post(Exchange exchange, List<String> path) throws IOException, InterruptedException, NotThere {
        var form = exchange.form();
        var given = form.getOrDefault("token", "");
        if (path.equals(List.of("token"))) {
            unlock(exchange, given, form.getOrDefault("back", "/"));
        } else if (path.size() == 3 && path.get(0).equals("jobs")) {
            var action = JobAction.named(path.get(2));
            if (!token.matches(given)) {
                refuse(exchange);
                return;
            }
            var state = jobs.state(path.get(1));
            action.send(jobs.log(), state.id(), jobs.now());
            LOG.info("job {}: {} asked for on the page", state.id(), action.label());
            exchange.seeOther(JobPage.address(state.id().value()));
        } else {
            throw new NotThere(exchange.address());
        }
    }

    /** @param back a page of this server */
    private void unlock(Exchange exchange, String given, String back) throws IOException {
        if (!token.matches(given)) {
            refuse(exchange);
            return;
        }
        exchange.setCookie(cookie(), given);
        exchange.seeOther(OWN.matcher(back).matches() ? back : "/");
    }

    private static void refuse(Exchange exchange) throws IOException {
        exchange.answer(403, "text/plain", "this takes the token that was printed when the page was started");
    }

    private void show(Exchange exchange, HtmlPage page) throws IOException {
        exchange.answer(200, HTML, Document.of(page, jobs.now(), exchange.address(), known(exchange).isPresent()));
    }

    /** The token, where the browser that asks keeps it. */
    private Optional<PageToken> known(Exchange exchange) {
        return exchange.cookie(cookie()).filter(token::matches).map(same -> token);
    }

    /** Cookies know no ports, and there may be a page of another driver on the same machine. */
    private String cookie() {
        return "longrope-" + server.getAddress().getPort();
    }
}
