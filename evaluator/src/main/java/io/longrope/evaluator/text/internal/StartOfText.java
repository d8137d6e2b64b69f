package io.longrope.evaluator.text.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
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
import java.util.Set;

/** What transformers 5.24 puts before a text, read from the files of a tokenizer. */
public final class StartOfText {

    private static final Logger LOG = LoggerFactory.getLogger(StartOfText.class);

    private static final String CODE_LLAMA = "CodeLlamaTokenizer";
    private static final String GPT_NEO_X = "GPTNeoXTokenizer";
    private static final Set<String> OWN = Set.of(CODE_LLAMA, GPT_NEO_X);
    /** Values of model_type in config.json for which transformers takes a class without looking at the one that is named. */
    private static final Set<String> CHOSEN_BY_MODEL_TYPE = Set.of("mistral", "phi3", "qwen2");

    private StartOfText() {
    }

    /** @param configured bos_token_id of config.json, which counts where there is no tokenizer */
    public static OptionalInt of(TokenizerFiles files, OptionalInt configured) {
        if (!files.exists()) {
            return configured;
        }
        var tokenizer = json(files.place(), files.json());
        var own = ownClass(files);
        var ids = switch (own) {
            case CODE_LLAMA -> beginOfSequence(files, tokenizer);
            case GPT_NEO_X -> List.<Integer>of();
            default -> ids(tokenizer.path("post_processor"));
        };
        if (ids.size() > 1) {
            throw new BadInput(files.place() + ": post_processor", "must put at most one token before a text", ids,
                    "--start-token chooses one, or none");
        }
        files.settings().ifPresent(file -> noteSetting(file, own.isEmpty() ? "the post-processor of tokenizer.json" : own, !ids.isEmpty()));
        return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(0));
    }

    /**
     * The class that transformers makes the tokenizer of, where it is one that puts a post-processor of its own in the place of the
     * file's; else empty.
     */
    private static String ownClass(TokenizerFiles files) {
        var config = files.config().map(StartOfText::json);
        var named = files.settings().map(StartOfText::json).map(settings -> settings.path("tokenizer_class")).filter(JsonNode::isTextual)
                .or(() -> config.map(of -> of.path("tokenizer_class"))).map(JsonNode::asText).orElse("").replaceFirst("Fast$", "");
        boolean isTaken = config.map(of -> of.path("model_type").asText()).filter(CHOSEN_BY_MODEL_TYPE::contains).isEmpty();
        return isTaken && OWN.contains(named) ? named : "";
    }

    /** bos_token of tokenizer_config.json, which no tokenizer_config.json need name; add_bos_token does not count. */
    private static List<Integer> beginOfSequence(TokenizerFiles files, JsonNode tokenizer) {
        var token = files.settings().map(StartOfText::json).map(settings -> settings.path("bos_token")).orElse(MissingNode.getInstance());
        if (token.isNull()) {
            return List.of();
        }
        var text = token.path("content").asText(token.asText("<s>"));
        for (var added : tokenizer.path("added_tokens")) {
            if (added.path("content").asText().equals(text)) {
                return List.of(added.path("id").asInt());
            }
        }
        var id = tokenizer.path("model").path("vocab").path(text);
        if (!id.isInt()) {
            throw new BadInput(files.place(), "must have the token " + text + ", which " + CODE_LLAMA + " puts before a text", "none",
                    "--start-token chooses another, or none");
        }
        return List.of(id.asInt());
    }

    /** transformers does not read the key where there is a tokenizer.json; converters of other engines do. */
    private static void noteSetting(Path file, String by, boolean adds) {
        var setting = json(file).path("add_bos_token");
        if (setting.isBoolean() && setting.booleanValue() != adds) {
            LOG.warn("{}: add_bos_token is {}, but {} puts {} before a text: as in transformers that counts; --start-token chooses", file,
                    setting.booleanValue(), by, adds ? "a token" : "none");
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

    private static JsonNode json(Path file) {
        return json(file.toString(), read(file));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }
}
