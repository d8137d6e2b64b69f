package io.longrope.progressive.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.OpenModel;
import io.longrope.search.json.Json;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Answers as the servers people run do, with log-probabilities of our own decoder. */
public final class CompletionStub implements AutoCloseable {

    /** Whose habits it has. */
    public enum Kind {
        /** vLLM, SGLang: ids or text, the prompt echoed. */
        ECHOES,
        /** llama-cpp-python: text only, the prompt echoed without its start token. */
        ECHOES_TEXT,
        /** llama-cpp-python for a model without a start token: each of the prompt's beside its place. */
        ECHOES_BESIDE,
        /** llama.cpp's own: what it adds, with ids. */
        TELLS_WHAT_IT_ADDS,
        TELLS_NOTHING,
        /** Reads the end of the prompt only. */
        TRUNCATES,
        /** llama-cpp-python with a context that is too small: it first wants a text, and then says what is wrong with it. */
        ECHOES_SHORT_TEXT
    }

    private static final int LONGEST = 2048;

    private final Kind kind;
    private final Candidate candidate;
    private final ModelSession session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
    private final OpenModel model;
    private final HttpServer server;

    /** @param candidate what it runs */
    public CompletionStub(Kind kind, Path checkpoint, Candidate candidate) throws IOException, InterruptedException {
        this.kind = kind;
        this.candidate = candidate;
        model = session.open(checkpoint, Optional.empty(), new Arithmetic(Precision.F32, Arithmetic.USUAL_CHUNK, 1),
                new ModelUse.Scoring(LONGEST, Attention.TRAINED));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/models", exchange -> answer(exchange, 200, Map.of("data", List.of(Map.of("id", "stub")))));
        server.createContext("/v1/completions", this::complete);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void complete(HttpExchange exchange) throws IOException {
        var asked = Json.mapper().readTree(exchange.getRequestBody());
        var prompt = asked.path("prompt");
        if (!asked.path("model").asText().equals("stub") || prompt.isArray() && kind.name().startsWith("ECHOES_")) {
            answer(exchange, 400, Map.of("error", Map.of("message", "Input should be a valid string")));
            return;
        }
        if (kind == Kind.ECHOES_SHORT_TEXT) {
            answer(exchange, 400, Map.of("error", Map.of("message", "This model's maximum context length\nis 400 tokens")));
            return;
        }
        var read = tokens(prompt);
        if (kind == Kind.TRUNCATES) {
            read = Arrays.copyOfRange(read, read.length - 300, read.length);
        }
        var added = model.generate(read, asked.path("max_tokens").intValue(), candidate, Attention.TRAINED);
        var all = IntStream.concat(Arrays.stream(read), Arrays.stream(added)).toArray();
        var choice = new LinkedHashMap<String, Object>(Map.of("text", ""));
        choice.put("logprobs", switch (kind) {
            case TELLS_NOTHING -> null;
            case TELLS_WHAT_IT_ADDS -> Map.of("content", content(all, read.length));
            default -> lists(all, asked.path("echo").booleanValue() ? kind == Kind.ECHOES_TEXT ? 1 : 0 : read.length);
        });
        answer(exchange, 200, Map.of("choices", List.of(choice), "usage", Map.of("prompt_tokens", read.length, "completion_tokens",
                added.length)));
    }

    private int[] tokens(JsonNode prompt) {
        if (prompt.isArray()) {
            return IntStream.range(0, prompt.size()).map(i -> prompt.get(i).intValue()).toArray();
        }
        return IntStream.concat(model.checkpoint().startToken().stream(),
                Arrays.stream(model.checkpoint().tokenizer().encode(prompt.textValue()))).toArray();
    }

    private Map<String, Object> lists(int[] all, int from) {
        var losses = model.losses(all, candidate, Attention.TRAINED);
        int beside = kind == Kind.ECHOES_BESIDE && from == 0 ? 1 : 0;
        var values = new ArrayList<Double>();
        var texts = new ArrayList<String>();
        for (int i = from; i < all.length; i++) {
            values.add(i == 0 ? null : (double) -losses[Math.min(losses.length - 1, i - 1 + beside)]);
            texts.add(text(all[i]));
        }
        return Map.of("tokens", texts, "token_logprobs", values);
    }

    private List<Map<String, Object>> content(int[] all, int from) {
        var losses = model.losses(all, candidate, Attention.TRAINED);
        return IntStream.range(from, all.length).mapToObj(i -> Map.<String, Object>of("id", all[i], "token", text(all[i]), "logprob",
                -losses[i - 1])).toList();
    }

    private String text(int token) {
        return model.checkpoint().tokenizer().decode(new int[] {token});
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        var bytes = Json.write(body).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        model.close();
        session.close();
    }
}
