package io.longrope.evaluator.text.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.text.TokenizerFiles;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What transformers 5.24 puts before a text, read from the files of a tokenizer. */
public final class StartOfText {

    private static final Logger LOG = LoggerFactory.getLogger(StartOfText.class);

    private StartOfText() {
    }

    /** @param configured bos_token_id of config.json, which counts where there is no tokenizer */
    public static OptionalInt of(TokenizerFiles files, OptionalInt configured) {
        if (!files.exists()) {
            return configured;
        }
        var ids = ids(json(files.place(), files.json()).path("post_processor"));
        if (ids.size() > 1) {
            throw new BadInput(files.place() + ": post_processor", "must put at most one token before a text", ids,
                    "--start-token chooses one, or none");
        }
        files.settings().ifPresent(file -> noteSetting(file, !ids.isEmpty()));
        return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
    }

    /** transformers does not read the key where there is a tokenizer.json; converters of other engines do. */
    private static void noteSetting(Path file, boolean adds) {
        var setting = json(file.toString(), read(file)).path("add_bos_token");
        if (setting.isBoolean() && setting.booleanValue() != adds) {
            LOG.warn("{}: add_bos_token is {}, but the post-processor of tokenizer.json puts {} before a text: as in transformers the "
                    + "post-processor"
                    + " counts; --start-token chooses", file, setting.booleanValue(), adds ? "a token" : "none");
        }
    }

    /** Tokens before the text; of a sequence of processors the last that puts any. */
    private static List<Integer> ids(JsonNode processor) {
        var ids = new ArrayList<Integer>();
        switch (processor.path("type").asText()) {
            case "Sequence" -> processor.path("processors").forEach(step -> {
                var of = ids(step);
                if (!of.isEmpty()) {
                    ids.clear();
                    ids.addAll(of);
                }
            });
            case "TemplateProcessing" -> {
                for (var piece : processor.path("single")) {
                    if (!piece.has("SpecialToken")) {
                        break;
                    }
                    var name = piece.path("SpecialToken").path("id").asText();
                    processor.path("special_tokens").path(name).path("ids").forEach(id -> ids.add(id.asInt()));
                }
            }
            case "BertProcessing", "RobertaProcessing" -> ids.add(processor.path("cls").path(1).asInt());
            default -> { }
        }
        return ids;
    }

    private static JsonNode json(String place, String text) {
        try {
            return Json.mapper().readTree(text);
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput(new Problem(place + fault.place(), "must be valid JSON", fault.found(), fault.wayOut()), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }
}
