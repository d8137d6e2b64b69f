package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a task came to. A failure is none: see {@link Attempt}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Outcome.Loss.class, name = "loss"),
    @JsonSubTypes.Type(value = Outcome.Diverged.class, name = "diverged"),
    @JsonSubTypes.Type(value = Outcome.KeyTokens.class, name = "key-tokens"),
    @JsonSubTypes.Type(value = Outcome.Answers.class, name = "answers"),
    @JsonSubTypes.Type(value = Outcome.Trained.class, name = "trained"),
    @JsonSubTypes.Type(value = Outcome.Facts.class, name = "facts")})
public sealed interface Outcome {

    /** The word for its kind, as in the JSON. */
    default String word() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** This, where it is of a kind that a task can come to. */
    default <T extends Outcome> Optional<T> as(Class<T> kind) {
        return Optional.of(this).filter(kind::isInstance).map(kind::cast);
    }

    /** What a score task comes to. */
    sealed interface Scored extends Outcome {

        /** Mean loss of the sample; not finite where it diverged. */
        double nats();

        /** Mean loss of each bin of positions that was asked for; empty where none was, and where the loss is not finite. */
        List<Double> byPosition();

        /** The derivative of the mean by ln λ of each pair; empty where it was not asked for, and where the loss is not finite. */
        List<Double> slopes();

        /** Why the loss is not finite; empty where it is. */
        String reason();
    }

    /**
     * @param nats       mean loss of the sample, finite
     * @param byPosition mean loss of each bin of positions that was asked for, in nats; empty where none was
     * @param slopes     the derivative of the mean by ln λ of each pair, in nats; empty where it was not asked for
     */
    record Loss(double nats, @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> byPosition,
                @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> slopes) implements Scored {

        public Loss(double nats, @JacksonInject(Json.LIST_LEFT_OUT) List<Double> byPosition,
                    @JacksonInject(Json.LIST_LEFT_OUT) List<Double> slopes) {
            Require.that(Double.isFinite(nats), "loss", "must be finite", nats);
            this.nats = nats;
            this.byPosition = List.copyOf(Require.present(byPosition, "loss.byPosition"));
            Require.that(this.byPosition.stream().allMatch(Double::isFinite), "loss.byPosition", "must be finite", byPosition);
            this.slopes = List.copyOf(Require.present(slopes, "loss.slopes"));
            Require.that(this.slopes.stream().allMatch(Double::isFinite), "loss.slopes", "must be finite", slopes);
        }

        /** Without its slopes. */
        public Loss(double nats, List<Double> byPosition) {
            this(nats, byPosition, List.of());
        }

        /** The mean alone. */
        public Loss(double nats) {
            this(nats, List.of(), List.of());
        }

        @Override
        public String reason() {
            return "";
        }
    }

    /**
     * A loss that is not finite.
     *
     * @param reason which, for people
     */
    record Diverged(String reason) implements Scored {

        public Diverged {
            Require.notBlank(reason, "diverged.reason");
        }

        @Override
        public double nats() {
            return Double.POSITIVE_INFINITY;
        }

        @Override
        public List<Double> byPosition() {
            return List.of();
        }

        @Override
        public List<Double> slopes() {
            return List.of();
        }
    }

    /** @param positions in the sample, ascending, the first token being 0; empty when there are none */
    record KeyTokens(List<Integer> positions) implements Outcome {

        public KeyTokens {
            positions = List.copyOf(Require.present(positions, "key tokens"));
        }

        @Override
        public String word() {
            return "key-tokens";
        }
    }

    /** @param right of each number or name that was asked for, prompt by prompt, whether it was found */
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
