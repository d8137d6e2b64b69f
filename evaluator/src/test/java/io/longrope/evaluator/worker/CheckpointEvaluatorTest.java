package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.search.work.Evaluation;
import io.longrope.search.work.InMemoryQueue;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.Score;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CheckpointEvaluatorTest {

    private static final Candidate ORIGINAL = Candidate.original(TinyCheckpoint.PAIRS);

    @TempDir
    Path directory;
    private Root models;
    private SampleSets samples;
    private ModelReference model;
    private SampleReference reference;
    private ModelSession session;

    @AfterEach
    void closeSession() {
        if (session != null) {
            session.close();
        }
    }

    @BeforeEach
    void writeModelAndText() throws IOException {
        var root = Files.createDirectory(directory.resolve("models"));
        var data = Files.createDirectory(directory.resolve("data"));
        Files.writeString(data.resolve("text.txt"), "The quick brown fox jumps over the lazy dog.\n".repeat(200));
        model = TinyCheckpoint.write(root, "tiny", 1);
        models = Root.of(root, "--models");
        samples = new SampleSets(Root.of(data, "--data"), TokenStore.at(directory.resolve("tokens")));
        reference = sampleReference(48, 4);
    }

    @Test
    void scoresAWholePassPerSample() throws InterruptedException {
        session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
        var evaluator = new CheckpointEvaluator("w", List.of(models), samples, session, 1, () -> Instant.EPOCH);
        var score = evaluator.evaluate(evaluation(ORIGINAL));

        assertThat(score.outcome()).isEqualTo(Score.Outcome.COMPLETE);
        assertThat(score.sampleLosses()).hasSize(4).allMatch(loss -> loss > 3 && loss < 12);
        assertThat(score.tokens()).isEqualTo(4 * 48);
        assertThat(score.worker()).isEqualTo("w");
        assertThat(evaluator.evaluate(evaluation(ORIGINAL))).isEqualTo(score);
        var stretched = new Candidate(RescaleFactors.of(1, 2, 3, 4), 2, 1.2);
        assertThat(evaluator.evaluate(evaluation(stretched)).loss()).isNotEqualTo(score.loss());
        assertThatThrownBy(() -> evaluator.evaluate(evaluation(Candidate.original(3)))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must have 4 factors");
    }

    @Test
    void needleObjectiveScoresTheAnswer() throws InterruptedException {
        reference = sampleReference(600, 2);
        var asked = new ArrayList<Integer>();
        var evaluator = evaluator((tokens, candidate) -> {
            asked.add(tokens.length);
            var losses = new float[tokens.length - 1];
            losses[losses.length - 8] = 8;
            return losses;
        });
        var score = evaluator.evaluate(new Evaluation(model, reference, Objective.NEEDLE, ORIGINAL, Precision.F32));

        assertThat(score.sampleLosses()).containsExactly(1.0, 1.0);
        assertThat(asked).containsExactly(600, 600);
    }

    @Test
    void everyCandidateIsAskedForTheSameNeedlesAtOtherDepthsInEachSample() throws InterruptedException {
        reference = sampleReference(600, 3);
        var prompts = new ArrayList<int[]>();
        var evaluator = evaluator((tokens, candidate) -> {
            prompts.add(tokens);
            return new float[tokens.length - 1];
        });
        evaluator.evaluate(new Evaluation(model, reference, Objective.NEEDLE, ORIGINAL, Precision.F32));
        evaluator.evaluate(new Evaluation(model, reference, Objective.NEEDLE, new Candidate(RescaleFactors.of(1, 2, 3, 4), 2, 1.2),
                Precision.F32));
        reference = sampleReference(600, 2);
        evaluator.evaluate(new Evaluation(model, reference, Objective.NEEDLE, ORIGINAL, Precision.F32));

        assertThat(prompts.subList(3, 6)).usingRecursiveComparison().isEqualTo(prompts.subList(0, 3));
        assertThat(prompts.subList(6, 8)).as("fewer samples are the beginning of more").usingRecursiveComparison()
                .isEqualTo(prompts.subList(0, 2));
        var tokenizer = Checkpoint.open(models.resolve("tiny")).tokenizer();
        var places = prompts.subList(0, 3).stream().map(tokenizer::decode).mapToInt(text -> text.indexOf("One of the special")).toArray();
        assertThat(places[0]).isLessThan(places[2]);
        assertThat(places[2]).isLessThan(places[1]);
    }

    @Test
    void needlesRaceBySample() throws InterruptedException {
        reference = sampleReference(600, 3);
        var evaluator = evaluator((tokens, candidate) -> {
            var losses = new float[tokens.length - 1];
            losses[losses.length - 8] = 8;
            return losses;
        });
        var stopped = evaluator.evaluate(new Evaluation(model, reference, Objective.NEEDLE, ORIGINAL, Precision.F32, List.of(1.0, 0.9)));

        assertThat(stopped.outcome()).isEqualTo(Score.Outcome.STOPPED);
        assertThat(stopped.sampleLosses()).containsExactly(1.0, 1.0);
    }

    @Test
    void stopsAtTheFirstBoundExceeded() throws InterruptedException {
        var evaluator = evaluator(constant(2));
        var stopped = evaluator.evaluate(bounded(List.of(3.0, 1.9, 1.0)));
        var complete = evaluator.evaluate(bounded(List.of(3.0, 2.0, 2.0, 1.0)));

        assertThat(stopped.outcome()).isEqualTo(Score.Outcome.STOPPED);
        assertThat(stopped.sampleLosses()).containsExactly(2.0, 2.0);
        assertThat(stopped.tokens()).isEqualTo(2 * 48);
        assertThat(stopped.reason()).isEqualTo("mean loss above 1.9 after 2 samples");
        assertThat(complete.outcome()).isEqualTo(Score.Outcome.COMPLETE);
    }

    @Test
    void aLossThatIsNotFiniteDiverges() throws InterruptedException {
        var calls = new ArrayList<Integer>();
        var evaluator = evaluator((tokens, candidate) -> {
            calls.add(1);
            return calls.size() == 2 ? new float[] {1, Float.NaN} : new float[] {1, 1};
        });
        var score = evaluator.evaluate(evaluation(ORIGINAL));

        assertThat(score.outcome()).isEqualTo(Score.Outcome.DIVERGED);
        assertThat(score.sampleLosses()).containsExactly(1.0);
        assertThat(score.loss()).isInfinite();
        assertThat(score.reason()).isEqualTo("the loss of sample 1 is NaN");
    }

    @Test
    void refusesAnotherCheckpointOrTextThanTheReferenceNames() {
        var wrong = new ModelReference("tiny", "0".repeat(64));
        var outside = new ModelReference("../data", model.fingerprint());
        var otherText = new SampleReference("text.txt", SampleShare.SEARCH, 4, 48, 1, "0".repeat(64));
        var evaluator = evaluator(constant(1));
        assertThatThrownBy(() -> evaluator.evaluate(new Evaluation(wrong, reference, Objective.PERPLEXITY, ORIGINAL, Precision.F32)))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be the checkpoint with fingerprint 0000");
        assertThatThrownBy(() -> evaluator.evaluate(new Evaluation(outside, reference, Objective.PERPLEXITY, ORIGINAL, Precision.F32)))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be a plain path below --models");
        assertThatThrownBy(() -> evaluator.evaluate(new Evaluation(model, otherText, Objective.PERPLEXITY, ORIGINAL, Precision.F32)))
                .isInstanceOf(BadInput.class).hasMessageContaining("must give samples with fingerprint 0000");
    }

    @Test
    void anInterruptEndsItBetweenSamples() {
        var calls = new ArrayList<Integer>();
        var evaluator = evaluator((tokens, candidate) -> {
            calls.add(1);
            Thread.currentThread().interrupt();
            return new float[] {1};
        });
        assertThatThrownBy(() -> evaluator.evaluate(evaluation(ORIGINAL))).isInstanceOf(InterruptedException.class);
        assertThat(calls).hasSize(1);
    }

    @Test
    void aWorkerAnswersWhatIsSubmitted() throws Exception {
        var queue = new InMemoryQueue(new HashMap<>(), 2);
        session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
        var evaluator = new CheckpointEvaluator("w", List.of(models), samples, session, 1, () -> Instant.EPOCH);
        var worker = Worker.start("w", queue.join("w"), evaluator);
        var score = queue.submit(evaluation(ORIGINAL)).get(30, TimeUnit.SECONDS);
        var refused = queue.submit(evaluation(Candidate.original(3))).get(30, TimeUnit.SECONDS);
        worker.close();

        assertThat(score.outcome()).isEqualTo(Score.Outcome.COMPLETE);
        assertThat(refused.outcome()).isEqualTo(Score.Outcome.GIVEN_UP);
        assertThat(refused.reason()).contains("must have 4 factors");
        assertThat(worker.ended()).isCompleted();
    }

    private SampleReference sampleReference(int length, int count) {
        var checkpoint = Checkpoint.open(models.resolve("tiny"));
        return samples.cut(checkpoint.tokenizer(), checkpoint.config().bosTokenId(), "text.txt", SampleShare.SEARCH, count, length, 1)
                .reference();
    }

    private Evaluation evaluation(Candidate candidate) {
        return new Evaluation(model, reference, Objective.PERPLEXITY, candidate, Precision.F32);
    }

    private Evaluation bounded(List<Double> bounds) {
        return new Evaluation(model, reference, Objective.PERPLEXITY, ORIGINAL, Precision.F32, bounds);
    }

    private static FakeModel.Losses constant(float loss) {
        return (tokens, candidate) -> new float[] {loss, loss};
    }

    private CheckpointEvaluator evaluator(FakeModel.Losses losses) {
        session = new ModelSession(Device.CPU, new ModelSession.Limits(1, OptionalLong.empty()),
                (checkpoint, options) -> new FakeModel(checkpoint.config(), losses));
        return new CheckpointEvaluator("w", List.of(models), samples, session, 1, () -> Instant.EPOCH);
    }
}
