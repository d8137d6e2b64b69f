package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks what a checkpoint, a text or a device really is, where only workers see it. Files may change, so each run of a job
 * asks anew.
 *
 * @param occasion the run of the job that asks; makes the question its own
 * @param subject  what is looked at
 */
public record InspectTask(String occasion, Subject subject) implements Task {

    /** What is looked at. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "of")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Model.class, name = "model"),
        @JsonSubTypes.Type(value = Weights.class, name = "weights"),
        @JsonSubTypes.Type(value = Text.class, name = "text"),
        @JsonSubTypes.Type(value = Samples.class, name = "samples"),
        @JsonSubTypes.Type(value = Device.class, name = "device"),
        @JsonSubTypes.Type(value = SharedFile.class, name = "shared-file")})
    public sealed interface Subject {

        /**
         * Looks at what its kind names.
         *
         * @throws X what looking at it throws
         */
        <T, X extends Exception> T as(Look<T, X> look) throws X;

        /** For lines that people read, for example {@code model llama-2-7b}. */
        String describe();
    }

    /** A look at each kind of subject, so that the compiler keeps it complete. */
    public interface Look<T, X extends Exception> {

        T model(Model model) throws X;

        T weights(Weights weights) throws X;

        T text(Text text) throws X;

        T samples(Samples samples) throws X;

        T device() throws X;

        T sharedFile(SharedFile file) throws X;
    }

    /**
     * What a checkpoint's configuration and the heads of its files say; no weight is read.
     *
     * @param path       of the checkpoint directory below a models root
     * @param startToken as in {@link ModelReference}
     */
    public record Model(String path, Optional<String> startToken) implements Subject {

        public Model(String path, @JacksonInject(Json.TEXT_LEFT_OUT) Optional<String> startToken) {
            this.path = Require.notBlank(path, "inspect.model");
            this.startToken = Require.present(startToken, "inspect.startToken");
        }

        @Override
        public <T, X extends Exception> T as(Look<T, X> look) throws X {
            return look.model(this);
        }

        @Override
        public String describe() {
            return "model " + path;
        }
    }

    /**
     * Asks for a checkpoint's fingerprint: all of it is read.
     *
     * @param path of the checkpoint directory below a models root
     */
    public record Weights(String path) implements Subject {

        public Weights {
            Require.notBlank(path, "inspect.weights");
        }

        @Override
        public <T, X extends Exception> T as(Look<T, X> look) throws X {
            return look.weights(this);
        }

        @Override
        public String describe() {
            return "weights of " + path;
        }
    }

    /**
     * @param model   whose tokenizer counts its tokens: a checkpoint's path below a models root
     * @param text    path below the data root
     * @param windows of which it is asked how many there are that do not overlap
     */
    public record Text(String model, String text, List<Window> windows) implements Subject {

        public Text {
            Require.notBlank(model, "inspect.model");
            Require.notBlank(text, "inspect.text");
            windows = List.copyOf(Require.present(windows, "inspect.windows"));
        }

        @Override
        public <T, X extends Exception> T as(Look<T, X> look) throws X {
            return look.text(this);
        }

        @Override
        public String describe() {
            return "text " + text;
        }
    }

    /** @param tokens in a row, at least 1 */
    public record Window(SampleShare share, int tokens) {

        public Window {
            Require.present(share, "inspect.share");
            Require.atLeast(1, tokens, "inspect.tokens");
        }
    }

    /**
     * Asks for the fingerprints of samples, see {@link Sample}.
     *
     * @param model      whose tokenizer cuts them: a checkpoint's path below a models root
     * @param count      the first so many, at least 1
     * @param startToken as in {@link ModelReference}
     */
    public record Samples(String model, String text, SampleShare share, int count, int length, long seed, Optional<String> startToken)
            implements Subject {

        public Samples(String model, String text, SampleShare share, int count, int length, long seed,
                       @JacksonInject(Json.TEXT_LEFT_OUT) Optional<String> startToken) {
            Require.notBlank(model, "inspect.model");
            Require.notBlank(text, "inspect.text");
            Require.present(share, "inspect.share");
            Require.atLeast(1, count, "inspect.count");
            Require.atLeast(2, length, "inspect.length");
            this.model = model;
            this.text = text;
            this.share = share;
            this.count = count;
            this.length = length;
            this.seed = seed;
            this.startToken = Require.present(startToken, "inspect.startToken");
        }

        @Override
        public <T, X extends Exception> T as(Look<T, X> look) throws X {
            return look.samples(this);
        }

        @Override
        public String describe() {
            return "samples of " + text;
        }
    }

    /** The device of whatever worker takes the task, and what it has of memory. */
    public record Device() implements Subject {

        @Override
        public <T, X extends Exception> T as(Look<T, X> look) throws X {
            return look.device();
        }

        @Override
        public String describe() {
            return "its device";
        }
    }

    /**
     * Whether the worker sees what the driver wrote, so that each finds the other's files.
     *
     * @param path    of a file below a runs root
     * @param content what is in it
     */
    public record SharedFile(String path, String content) implements Subject {

        public SharedFile {
            Require.notBlank(path, "inspect.path");
            Require.notBlank(content, "inspect.content");
        }

        @Override
        public <T, X extends Exception> T as(Look<T, X> look) throws X {
            return look.sharedFile(this);
        }

        @Override
        public String describe() {
            return "shared file " + path;
        }
    }

    public InspectTask {
        Require.notBlank(occasion, "inspect.occasion");
        Require.present(subject, "inspect.subject");
    }

    @Override
    public TaskId id() {
        return TaskId.of(Map.of("kind", "inspect", "occasion", occasion, "of", subject.getClass().getSimpleName(), "subject", subject));
    }

    @Override
    public TaskClass taskClass() {
        return TaskClass.SCORE;
    }

    /** None: nothing is loaded to look at it. */
    @Override
    public Optional<ModelReference> needs() {
        return Optional.empty();
    }

    @Override
    public String describe() {
        return "look at " + subject.describe();
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.inspect(this);
    }
}
