package io.longrope.search.training;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A program that trains in place of the built-in trainer. It is started without a shell, in the driver's working
 * directory, with every {@link Variable} in its environment; placeholders in its words are replaced by them.
 *
 * @param words   program and arguments
 * @param timeout after which it is ended as hanging; zero = never
 */
public record TrainingCommand(List<String> words, Duration timeout) {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    /** What the program is told: {@code LONGROPE_TRAIN_LENGTH} in its environment, <code>{train-length}</code> among its words. */
    public enum Variable {
        /** Hugging Face directory to start from, with the table in force in its config.json. */
        MODEL,
        /** The table in force, as our JSON. */
        TABLE,
        /** Tokens the table is for. */
        LENGTH,
        /** Tokens per training sequence. */
        TRAIN_LENGTH,
        STEPS, BATCH, MICRO_BATCH, LEARNING_RATE, SCHEDULE, WARMUP, CLIP, WEIGHT_DECAY, BETA1, BETA2, CHECKPOINT_EVERY, SEED,
        /** The training text. */
        TEXT,
        /** Id of the token that training windows begin with; {@code none} = they are text alone. */
        START_TOKEN,
        /**
         * Where the trained Hugging Face directory is expected; the same after a crash, with what the program left there.
         */
        OUTPUT;

        public String environment() {
            return "LONGROPE_" + name();
        }

        public String placeholder() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public TrainingCommand {
        words = List.copyOf(Require.present(words, "command"));
        Require.that(!words.isEmpty() && !words.get(0).isBlank(), "command", "must name a program", words);
        Require.present(timeout, "timeout");
        Require.that(!timeout.isNegative(), "timeout", "must not be negative", timeout);
        var known = Arrays.stream(Variable.values()).map(Variable::placeholder).toList();
        for (var word : words) {
            PLACEHOLDER.matcher(word).results().map(match -> match.group(1)).filter(name -> !known.contains(name)).findFirst()
                    .ifPresent(name -> {
                        throw new BadInput("command", "must use known placeholders", "{" + name + "}", Suggestion.forName(name, known));
                    });
        }
    }

    /** The words with every placeholder replaced. */
    public List<String> words(Map<Variable, String> values) {
        return words.stream().map(word -> {
            var replaced = word;
            for (var value : values.entrySet()) {
                replaced = replaced.replace("{" + value.getKey().placeholder() + "}", value.getValue());
            }
            return replaced;
        }).toList();
    }

    /** {@code 90s}, {@code 30m}, {@code 72h} or {@code 14d}. */
    public static Optional<Duration> parseTime(String text) {
        var match = TIME.matcher(text);
        return match.matches() ? Optional.of(UNITS.get(match.group(2)).multipliedBy(Long.parseLong(match.group(1)))) : Optional.empty();
    }
}
