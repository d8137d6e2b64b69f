package io.longrope.progressive.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A running server with OpenAI's completions: vLLM, SGLang, llama.cpp's or llama-cpp-python's. What they answer differs:
 *
 * <ul>
 * <li>vLLM, SGLang and llama-cpp-python echo the prompt with the log-probability of each token, where echo and logprobs are asked for; the
 *     last leaves a start token out, takes text only, and must have been started with logits_all;
 * <li>llama.cpp's own tells those of the tokens it adds, with their ids, and none of the prompt's.
 * </ul>
 */
public final class CompletionServer {

    private static final Duration CONTACT = Duration.ofSeconds(30);
    /** A prompt of 2,048k tokens is not read in seconds. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final String url;
    private final Optional<String> key;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONTACT)
            .proxy(new LoopbackDirect()).build();
    private final String model;

    /**
     * A token the server speaks of.
     *
     * @param logprob of it after all before it; empty where the server does not tell
     */
    public record Told(OptionalInt id, String text, OptionalDouble logprob) {
    }

    /**
     * What it answers to a prompt.
     *
     * @param promptTokens as it counts them
     * @param told         the prompt's where it was asked to echo and does, then those it added
     * @param added        how many it added
     */
    public record Reply(int promptTokens, List<Told> told, int added) {
    }

    private CompletionServer(String url, Optional<String> model, Optional<String> key) throws InterruptedException {
        this.url = url.replaceFirst("/v1(/(completions|models))?/*$", "").replaceFirst("/+$", "");
        this.key = key;
        this.model = model.isPresent() ? known(model.get()) : first();
    }

    /**
     * @param url   with or without the /v1 at its end, or what stands behind that
     * @param model what the server calls it; empty = the first it has
     * @param key   for servers that want one
     * @throws BadInput when nobody answers there
     */
    public static CompletionServer at(String url, Optional<String> model, Optional<String> key) throws InterruptedException {
        Require.that(isAddress(url), "--server", "must be a URL, such as http://localhost:8000 or http://[::1]:8000", url);
        return new CompletionServer(url, model, key);
    }

    /** An address of IPv6 without its brackets is none: where it ends and the port begins nobody knows. */
    private static boolean isAddress(String url) {
        try {
            return url.matches("https?://.*") && new URI(url).getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The name of the model. */
    public String model() {
        return model;
    }

    private String first() throws InterruptedException {
        var models = models();
        var names = models.statusCode() == 200 ? names(models) : List.<String>of();
        Require.that(!names.isEmpty(), "--server " + url, "must tell its models at /v1/models",
                models.statusCode() + " " + reason(models.body()), "--server-model names one");
        return names.get(0);
    }

    /** Servers with one model answer for it whatever it is called, so a slip would be measured as another. */
    private String known(String name) throws InterruptedException {
        var models = models();
        // what stands before a server may have no list
        var names = models.statusCode() == 200 ? names(models) : List.<String>of();
        Require.that(names.isEmpty() || names.contains(name), "--server-model", "must be one that " + url + " has, "
                + String.join(", ", names), name);
        return name;
    }

    private HttpResponse<String> models() throws InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(url + "/v1/models")).GET());
    }

    private List<String> names(HttpResponse<String> models) {
        var names = new ArrayList<String>();
        body(models).path("data").forEach(model -> names.add(model.path("id").asText("")));
        return names.stream().filter(name -> !name.isEmpty()).toList();
    }

    /**
     * Has it read a prompt and go on.
     *
     * @param prompt token ids, or text
     * @param add    tokens, drawn as the model's distribution has them
     * @return empty when it refuses the request, such as ids from a server that takes text only; the reason is in the second
     */
    Answer complete(Object prompt, int add, boolean echo) throws InterruptedException {
        var asked = new LinkedHashMap<String, Object>(Map.of("model", model, "prompt", prompt, "max_tokens", add, "temperature", 1,
                "seed", 1, "logprobs", 1));
        if (echo) {
            asked.put("echo", true);
        }
        var response = send(HttpRequest.newBuilder(URI.create(url + "/v1/completions")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Json.write(asked))));
        if (response.statusCode() != 200) {
            return new Answer(Optional.empty(), response.statusCode() + " " + reason(response.body()));
        }
        var answer = body(response);
        var usage = answer.path("usage");
        return new Answer(Optional.of(new Reply(usage.path("prompt_tokens").asInt(), told(answer.path("choices").path(0).path("logprobs")),
                usage.path("completion_tokens").asInt())), "");
    }

    /** A reply, or why there is none. */
    record Answer(Optional<Reply> reply, String refusal) {
    }

    /** OpenAI's lists beside each other, or llama.cpp's list of tokens with all that belongs to each. */
    private static List<Told> told(JsonNode logprobs) {
        var told = new ArrayList<Told>();
        for (var token : logprobs.path("content")) {
            told.add(new Told(token.path("id").isInt() ? OptionalInt.of(token.path("id").intValue()) : OptionalInt.empty(),
                    token.path("token").asText(), number(token.path("logprob"))));
        }
        var values = logprobs.path("token_logprobs");
        for (int i = 0; i < values.size(); i++) {
            told.add(new Told(OptionalInt.empty(), logprobs.path("tokens").path(i).asText(), number(values.path(i))));
        }
        return told;
    }

    private static OptionalDouble number(JsonNode value) {
        return value.isNumber() ? OptionalDouble.of(value.doubleValue()) : OptionalDouble.empty();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        try {
            return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new BadInput(new Problem("--server " + url, "must answer", Obstacle.of(e), "check the address and that it runs"), e);
        }
    }

    private JsonNode body(HttpResponse<String> response) {
        try {
            return Json.mapper().readTree(response.body());
        } catch (IOException e) {
            throw new BadInput(new Problem("--server " + url, "must answer with JSON", brief(response.body()),
                    "give the address of an OpenAI-compatible server"), e);
        }
    }

    /** What OpenAI's form has for people, in one line; of any other all of it. */
    private static String reason(String body) {
        try {
            var answer = Json.mapper().readTree(body);
            var message = answer.path("error").path("message").asText(answer.path("message").asText(""));
            return brief((message.isEmpty() ? body : message).strip().replaceAll("\\s+", " "));
        } catch (IOException e) {
            return brief(body.strip().replaceAll("\\s+", " "));
        }
    }

    private static String brief(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
