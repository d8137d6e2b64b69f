package io.longrope.evaluator.text;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longrope.evaluator.text.internal.StartOfText;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The token that opens a sample.
 *
 * @param rule how it is found
 * @param id   the token when the rule is {@link Rule#ID}; 0 otherwise
 */
public record StartToken(Rule rule, int id) {

    public enum Rule {
        /** The one the model's tokenizer puts before a text in transformers, if any. */
        AUTO,
        /** Samples are text alone. */
        NONE,
        ID
    }

    public static final StartToken AUTO = new StartToken(Rule.AUTO, 0);
    public static final StartToken NONE = new StartToken(Rule.NONE, 0);

    public StartToken {
        Require.present(rule, "start-token");
        Require.atLeast(0, id, "start-token");
    }

    /** Reads auto, none or a token id. */
    @JsonCreator
    public static StartToken parse(String text) {
        switch (text) {
            case "auto":
                return AUTO;
            case "none":
                return NONE;
            default:
                try {
                    return new StartToken(Rule.ID, Integer.parseInt(text));
                } catch (NumberFormatException e) {
                    throw new BadInput("start-token", "must be auto, none or a token id", text, "");
                }
        }
    }

    /** That of a task or plan: auto where it names none. */
    public static StartToken of(Optional<String> named) {
        return named.map(StartToken::parse).orElse(AUTO);
    }

    /** What a task names: empty for auto. */
    public Optional<String> named() {
        return rule == Rule.AUTO ? Optional.empty() : Optional.of(toString());
    }

    /**
     * The token of a model. Automatically: the one the post-processor of tokenizer.json puts before a text (transformers 5.24
     * ignores add_bos_token of tokenizer_config.json beside it), but bos_token where the class is CodeLlamaTokenizer and none where it is
     * GPTNeoXTokenizer, which both bring a post-processor of their own; a model without a tokenizer, scored on token ids, has the one of
     * its config.json.
     *
     * @param tokenizer  of the checkpoint
     * @param configured bos_token_id of config.json
     * @throws BadInput when the token is not in the vocabulary, or the tokenizer puts more than one before a text
     */
    public OptionalInt of(TokenizerFiles tokenizer, OptionalInt configured, int vocabSize) {
        var token = switch (rule) {
            case AUTO -> StartOfText.of(tokenizer, configured);
            case NONE -> OptionalInt.empty();
            case ID -> OptionalInt.of(id);
        };
        token.ifPresent(found ->
                Require.that(found < vocabSize, "start-token", "must be below the model's vocab_size = " + vocabSize, found));
        return token;
    }

    /** What {@link #parse} reads. */
    @JsonValue
    @Override
    public String toString() {
        return switch (rule) {
            case AUTO -> "auto";
            case NONE -> "none";
            case ID -> Integer.toString(id);
        };
    }
}
