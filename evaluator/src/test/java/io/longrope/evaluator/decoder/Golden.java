package io.longrope.evaluator.decoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.search.json.Json;
import io.longrope.search.space.Candidate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/** A frozen case: configuration, weights, tokens, and what they give. */
final class Golden {

    private final Path file;
    private final JsonNode json;

    Golden(Path file) {
        this.file = file;
        try {
            json = Json.mapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Checkpoint checkpoint(Path directory) {
        try {
            var target = directory.resolve("model.safetensors");
            Files.deleteIfExists(target);
            Files.copy(file.resolveSibling(json.get("weights").textValue()), target);
            Files.writeString(directory.resolve("config.json"), json.get("config").toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Checkpoint.open(directory);
    }

    int[] tokens() {
        return Json.mapper().convertValue(json.get("tokens"), int[].class);
    }

    double[] losses() {
        return Json.mapper().convertValue(json.get("losses"), double[].class);
    }

    double[] lastLogits() {
        return Json.mapper().convertValue(json.get("lastLogits"), double[].class);
    }

    double meanLoss() {
        return IntStream.range(0, losses().length).mapToDouble(i -> losses()[i]).average().orElseThrow();
    }

    /** The method of attention, if the case is about one. */
    Optional<String> method() {
        return json.has("method") ? Optional.of(json.get("method").textValue()) : Optional.empty();
    }

    /** The one given, or the one config.json asks for at this length. */
    Candidate candidate(Checkpoint checkpoint) {
        return json.has("candidate") ? Json.mapper().convertValue(json.get("candidate"), Candidate.class)
                : checkpoint.config().candidate(tokens().length);
    }
}
