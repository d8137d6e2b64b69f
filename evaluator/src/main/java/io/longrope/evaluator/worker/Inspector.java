package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.facts.Facts;
import io.longrope.evaluator.facts.ModelFacts;
import io.longrope.evaluator.facts.SampleFacts;
import io.longrope.evaluator.facts.TextFacts;
import io.longrope.evaluator.metric.NeedlePrompt;
import io.longrope.evaluator.metric.RetrievalPrompt;
import io.longrope.evaluator.text.ShareTexts;
import io.longrope.evaluator.text.StartToken;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Retrieval;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Says what checkpoints, texts and the device really are. */
final class Inspector implements InspectTask.Look<Object, IOException> {

    private static final int LONGEST_SHARED_FILE = 4096;

    private final Roots roots;
    private final SampleBook samples;
    private final Supplier<DeviceFacts> device;

    Inspector(Roots roots, SampleBook samples, Supplier<DeviceFacts> device) {
        this.roots = roots;
        this.samples = samples;
        this.device = device;
    }

    /** @throws BadInput when it is missing or broken */
    Outcome inspect(InspectTask.Subject subject) throws IOException {
        return Facts.of(subject.<Object, IOException>as(this));
    }

    @Override
    public ModelFacts model(InspectTask.Model subject) {
        var checkpoint = Checkpoint.open(roots.model(subject.path()));
        try (var tokenizer = checkpoint.tokenizer()) {
            var config = checkpoint.configJson();
            var weights = new TreeMap<String, Long>();
            checkpoint.names().stream().map(checkpoint::tensor)
                    .forEach(tensor -> weights.merge(tensor.type().name(), tensor.bytes(), Long::sum));
            var start = checkpoint.startToken(StartToken.of(subject.startToken()));
            boolean reads = !tokenizer.fingerprint().equals("none");
            return new ModelFacts(config, weights, checkpoint.precision(), tokenizer.fingerprint(), start,
                    reads ? OptionalInt.of(NeedlePrompt.shortest(tokenizer, start)) : OptionalInt.empty(),
                    reads ? shortestPrompts(tokenizer, start) : Map.of());
        }
    }

    private static Map<Retrieval, Integer> shortestPrompts(Tokenizer tokenizer, OptionalInt start) {
        return Arrays.stream(Retrieval.values())
                .collect(Collectors.toMap(kind -> kind, kind -> RetrievalPrompt.shortest(kind, tokenizer, start)));
    }

    /** The fingerprint. */
    @Override
    public String weights(InspectTask.Weights subject) {
        return Checkpoint.open(roots.model(subject.path())).fingerprint();
    }

    @Override
    public TextFacts text(InspectTask.Text subject) {
        roots.text(subject.text());
        try (var tokenizer = Checkpoint.open(roots.model(subject.model())).tokenizer()) {
            samples.forget();
            var tokens = samples.tokens(tokenizer, subject.text());
            var shares = ShareTexts.of(tokens);
            return new TextFacts(tokens.fingerprint(), tokens.length(), tokens.documents(),
                    subject.windows().stream().map(window -> shares.room(window.share(), window.tokens())).toList());
        }
    }

    @Override
    public SampleFacts samples(InspectTask.Samples subject) {
        roots.text(subject.text());
        var checkpoint = Checkpoint.open(roots.model(subject.model()));
        try (var tokenizer = checkpoint.tokenizer()) {
            var set = samples.first(checkpoint, checkpoint.startToken(StartToken.of(subject.startToken())), subject.text(),
                    subject.share(), subject.count(), subject.length(), subject.seed());
            return new SampleFacts(IntStream.range(0, subject.count()).mapToObj(set::fingerprint).toList());
        }
    }

    @Override
    public DeviceFacts device() {
        return device.get();
    }

    /**
     * Whether the worker sees it as the driver wrote it.
     *
     * @throws BadInput when it has no {@code --runs}: another worker, which trains, may see it
     */
    @Override
    public Boolean sharedFile(InspectTask.SharedFile subject) throws IOException {
        var runs = roots.runsRoot();
        try {
            var file = runs.resolve(subject.path());
            return Files.isRegularFile(file) && Files.size(file) <= LONGEST_SHARED_FILE && Files.readString(file).equals(subject.content());
        } catch (BadInput e) {
            return false;
        }
    }
}
