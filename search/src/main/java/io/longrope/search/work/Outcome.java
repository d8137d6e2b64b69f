package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Locale;

/** What a task came to. A failure is none: see {@link Attempt}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Outcome.Loss.class, name = "loss"),
    @JsonSubTypes.Type(value = Outcome.Diverged.class, name = "diverged"),
    @JsonSubTypes.Type(value = Outcome.Answers.class, name = "answers"),
    @JsonSubTypes.Type(value = Outcome.Trained.class, name = "trained"),
    @JsonSubTypes.Type(value = Outcome.Facts.class, name = "facts")})
public sealed interface Outcome {

    /** The word for its kind, as in the JSON. */
    default String word() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** @param nats mean loss of the sample, finite */
    record Loss(double nats) implements Outcome {

        public Loss {
            Require.that(Double.isFinite(nats), "loss", "must be finite", nats);
        }
    }

    /**
     * A loss that is not finite.
     *
     * @param reason which, for people
     */
    record Diverged(String reason) implements Outcome {

        public Diverged {
            Require.present(reason, "diverged.reason");
        }
    }

    /** @param right of each prompt, in order, whether the answer was right */
    record Answers(List<Boolean> right) implements Outcome {

        public Answers {
            right = List.copyOf(Require.present(right, "answers"));
        }
    }

    /**
     * @param directory   of the checkpoint, below the worker's runs root
     * @param fingerprint of the checkpoint
     */
    record Trained(String directory, String fingerprint) implements Outcome {

        public Trained {
            Require.notBlank(directory, "trained.directory");
            Require.notBlank(fingerprint, "trained.fingerprint");
        }
    }

    /** @param facts what was found, in a form of its subject's own */
    record Facts(JsonNode facts) implements Outcome {

        public Facts {
            Require.present(facts, "facts");
        }
    }
}
