package io.longrope.progressive.page;

import com.sun.net.httpserver.HttpExchange;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request and its answer. */
final class Exchange {

    private static final int LONGEST_FORM = 4096;
    /** Nothing comes from elsewhere, and nobody shows the page inside another. */
    private static final String POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private final HttpExchange http;

    Exchange(HttpExchange http) {
        this.http = http;
        var headers = http.getResponseHeaders();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cache-Control", "no-store");
    }

    boolean posts() {
        return http.getRequestMethod().equals("POST");
    }

    boolean reads() {
        return http.getRequestMethod().equals("GET") || isHead();
    }

    /** Without the name of this server and without the query. */
    List<String> path() {
        return List.of(http.getRequestURI().getPath().replaceFirst("^/", "").split("/"));
    }

    String address() {
        return http.getRequestURI().toString();
    }

    /** Which host the browser thinks it talks to, without the port; empty where it does not say. */
    String host() {
        var host = Optional.ofNullable(http.getRequestHeaders().getFirst("Host")).orElse("");
        return host.replaceFirst(":[0-9]*$", "");
    }

    /** Of a query, each name with all its values. */
    Map<String, List<String>> query() {
        return fields(Optional.ofNullable(http.getRequestURI().getRawQuery()).orElse(""));
    }

    /** Of a form that was posted; the last of each name. */
    Map<String, String> form() throws IOException {
        var fields = new LinkedHashMap<String, String>();
        fields(new String(http.getRequestBody().readNBytes(LONGEST_FORM), StandardCharsets.UTF_8))
                .forEach((name, values) -> fields.put(name, values.get(values.size() - 1)));
        return fields;
    }

    Optional<String> cookie(String name) {
        return http.getRequestHeaders().getOrDefault("Cookie", List.of()).stream().flatMap(line -> List.of(line.split("; *")).stream())
                .filter(cookie -> cookie.startsWith(name + "=")).map(cookie -> cookie.substring(name.length() + 1)).findFirst();
    }

    /** No script sees it and no other site sends it along. */
    void setCookie(String name, String value) {
        http.getResponseHeaders().add("Set-Cookie", name + "=" + value + "; Path=/; HttpOnly; SameSite=Strict");
    }

    /** A thing that is never another under the same address. */
    void keep() {
        http.getResponseHeaders().set("Cache-Control", "private, max-age=86400, immutable");
    }

    void answer(int status, String type, byte[] body) throws IOException {
        http.getResponseHeaders().set("Content-Type", type);
        http.sendResponseHeaders(status, isHead() || body.length == 0 ? -1 : body.length);
        if (!isHead() && body.length > 0) {
            http.getResponseBody().write(body);
        }
    }

    void answer(int status, String type, String body) throws IOException {
        answer(status, type + "; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /** After a form: the browser goes on to another page. */
    void seeOther(String address) throws IOException {
        http.getResponseHeaders().set("Location", address);
        answer(303, "text/plain", "");
    }

    /** An answer without an end. */
    OutputStream stream(String type) throws IOException {
        http.getResponseHeaders().set("Content-Type", type);
        http.sendResponseHeaders(200, 0);
        return http.getResponseBody();
    }

    private boolean isHead() {
        return http.getRequestMethod().equals("HEAD");
    }

    private static Map<String, List<String>> fields(String text) {
        var fields = new LinkedHashMap<String, List<String>>();
        for (var field : text.split("&")) {
            var parts = field.split("=", 2);
            fields.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>()).add(parts.length == 1 ? "" : decoded(parts[1]));
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new BadInput("request", "must be encoded as forms are", text, "");
        }
    }
}
