package io.longrope.progressive.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A headless Chromium with one page, told what to do through its DevTools protocol. */
final class Chromium implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final WebSocket socket;
    private final AtomicInteger sent = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

    private Chromium(Process process, String address) throws Exception {
        this.process = process;
        socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(URI.create(address), new Listener())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * @param program   the browser
     * @param directory empty, for what it keeps
     */
    static Chromium start(String program, Path directory) throws Exception {
        var process = new ProcessBuilder(program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0", "--user-data-dir=" + directory, "about:blank")
                .redirectErrorStream(true).redirectOutput(directory.resolve("output").toFile()).start();
        var port = directory.resolve("DevToolsActivePort");
        for (int i = 0; i < 10 * PATIENCE_SECONDS && process.isAlive()
                && (!Files.exists(port) || Files.readAllLines(port).size() < 2); i++) {
            Thread.sleep(100);
        }
        var pages = Json.mapper().readTree(URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list").toURL());
        for (var page : pages) {
            if (page.path("type").asText().equals("page")) {
                return new Chromium(process, page.path("webSocketDebuggerUrl").asText());
            }
        }
        throw new IOException("no page in " + pages);
    }

    void width(int pixels) throws Exception {
        call("Emulation.setDeviceMetricsOverride", Map.of("width", pixels, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    void script(boolean runs) throws Exception {
        call("Emulation.setScriptExecutionDisabled", Map.of("value", !runs));
    }

    void open(String address) throws Exception {
        call("Page.navigate", Map.of("url", address));
        await("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    JsonNode value(String expression) throws Exception {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true))
                .path("result").path("value");
    }

    void await(String condition) throws Exception {
        for (int i = 0; i < 10 * PATIENCE_SECONDS; i++) {
            if (value(condition).asBoolean()) {
                return;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("in vain awaited " + condition);
    }

    /** Of the whole page. */
    void picture(Path file) throws Exception {
        var data = call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true)).path("data").asText();
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(data));
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        // its helpers write to the profile's directory for a while after the browser has ended
        var helpers = process.descendants().toList();
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        for (var helper : helpers) {
            helper.destroyForcibly();
            helper.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = sent.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        answers.put(id, answer);
        socket.sendText(Json.write(Map.of("id", id, "method", method, "params", parameters)), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        var told = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (told.has("error")) {
            throw new IOException(method + ": " + told.path("error"));
        }
        return told.path("result");
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            message.append(data);
            if (last) {
                try {
                    var tree = Json.mapper().readTree(message.toString());
                    var answer = answers.remove(tree.path("id").asInt());
                    if (answer != null) {
                        answer.complete(tree);
                    }
                } catch (IOException e) {
                    List.copyOf(answers.values()).forEach(answer -> answer.completeExceptionally(e));
                }
                message.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
