package io.longrope.evaluator.worker;

import ai.djl.engine.EngineException;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.facts.SampleFacts;
import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.Perplexity;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.DeviceOutOfMemory;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.ShortContext;
import io.longrope.search.work.TaskRefused;
import io.longrope.search.work.TaskRunner;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class ModelTaskRunnerTest extends ModelTaskScene {

    private static final Candidate STRETCHED = new Candidate(RescaleFactors.of(1, 2, 3, 4), 2, 1.2);

    @Test
    void aScoreIsTheMeanLossOfTheSampleToTheBit() throws Exception {
        try (var session = WorkerFiles.session(); var decoder = Decoder.load(files.checkpoint(), new DecoderOptions(Precision.F32))) {
            var runner = files.runner(session);
            for (int index : new int[] {0, 3, 1}) {
                var sample = files.sample(index, 48);
                var tokens = files.samples.first(files.checkpoint(), files.checkpoint().startToken(), "text.txt",
                        SampleShare.SEARCH, 4, 48, 1).sample(index);
                var expected = Perplexity.meanLoss(one -> decoder.losses(one, STRETCHED, Attention.TRAINED), tokens);

                var done = runner.run(score(sample, Objective.PERPLEXITY, STRETCHED));

                assertThat(done.outcome()).isEqualTo(new Outcome.Loss(expected));
                assertThat(done.tokens()).isEqualTo(48);
                assertThat(runner.loaded()).contains(files.model);
            }
        }
    }

    @Test
    void aCroppedScoreIsTheMeanLossOfTheModelThatSeesItsLastTokensOnly() throws Exception {
        try (var session = WorkerFiles.session(); var decoder = Decoder.load(files.checkpoint(), new DecoderOptions(Precision.F32))) {
            var start = files.checkpoint().startToken();
            var sample = files.sample(2, 48);
            var tokens = files.samples.first(files.checkpoint(), start, "text.txt", SampleShare.SEARCH, 3, 48, 1).sample(2);
            var expected = Perplexity.meanLoss(
                    whole -> Crop.of(16, start).losses(one -> decoder.losses(one, ORIGINAL, Attention.TRAINED), whole), tokens);

            var done = files.runner(session).run(new ScoreTask(files.model, sample, Objective.PERPLEXITY, ORIGINAL, OptionalInt.of(16),
                    List.of(), List.of(), WorkerFiles.ARITHMETIC));

            assertThat(done).as("windows that move by another share have other bits: raise Arithmetic.VERSION")
                    .isEqualTo(new TaskRunner.Done(new Outcome.Loss(expected), 9 * 16));
            assertThat(files.runner(session).run(score(sample, Objective.PERPLEXITY, ORIGINAL)).outcome()).isNotEqualTo(done.outcome());
        }
    }

    @Test
    void aGradientComesWithTheLossForThePriceOfThreePasses() throws Exception {
        try (var session = WorkerFiles.session()) {
            var runner = files.runner(session);
            var score = score(files.sample(0, 48), Objective.PERPLEXITY, STRETCHED);
            var done = runner.run(score.withGradient());
            var found = (Outcome.Loss) done.outcome();

            assertThat(found.nats()).isCloseTo(((Outcome.Loss) runner.run(score).outcome()).nats(), within(1e-5));
            assertThat(found.slopes()).hasSize(KnownModel.PAIRS);
            assertThat(done.tokens()).isEqualTo(3 * 48);
            for (int pair = 0; pair < KnownModel.PAIRS; pair++) {
                var factors = STRETCHED.factors().layer(0);
                factors[pair] *= Math.exp(0.002);
                var above = (Outcome.Loss) runner.run(score(files.sample(0, 48), Objective.PERPLEXITY,
                        STRETCHED.withFactors(RescaleFactors.of(factors)))).outcome();
                factors[pair] *= Math.exp(-0.004);
                var below = (Outcome.Loss) runner.run(score(files.sample(0, 48), Objective.PERPLEXITY,
                        STRETCHED.withFactors(RescaleFactors.of(factors)))).outcome();
                assertThat(found.slopes().get(pair)).as("pair " + pair)
                        .isCloseTo((above.nats() - below.nats()) / 0.004, within(1e-3 + 0.02 * Math.abs(found.slopes().get(pair))));
            }
        }
    }

    @Test
    void lossesByPositionComeBesideTheSameMean() throws Exception {
        var sample = files.sample(0, 48);
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            var losses = new float[tokens.length - 1];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = i + 1;
            }
            return losses;
        })) {
            var runner = files.runner(session);
            var whole = new ScoreTask(files.model, sample, Objective.PERPLEXITY, ORIGINAL, OptionalInt.empty(), List.of(16, 48), List.of(),
                    WorkerFiles.ARITHMETIC);
            assertThat(runner.run(whole).outcome()).isEqualTo(new Outcome.Loss(24, List.of(8.0, 31.5)));
            assertThat(runner.run(score(sample, Objective.PERPLEXITY, ORIGINAL)).outcome()).isEqualTo(new Outcome.Loss(24));
            var cropped = (Outcome.Loss) runner.run(new ScoreTask(files.model, sample, Objective.PERPLEXITY, ORIGINAL, OptionalInt.of(16),
                    List.of(16, 48), List.of(), WorkerFiles.ARITHMETIC)).outcome();
            assertThat(cropped.byPosition()).as("beyond the first window the last 4 of 15 count").containsExactly(8.0, 13.5);
        }
    }

    @Test
    void keyTokensAreThoseThatOnlyTheWholeSampleTellsAndTheyAloneCountForLongPpl() throws Exception {
        var sample = files.sample(0, 48);
        // whoever is given more than 30 tokens knows every third; the loss of a token in the whole sample is its position
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            var losses = new float[tokens.length - 1];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = candidate.startTokens() == 4 ? i + 1 : i + 1 > 30 && (i + 1) % 3 == 0 ? 1 : 5;
            }
            return losses;
        })) {
            var runner = files.runner(session);
            var done = runner.run(new KeyTokensTask(files.model, files.model, sample, ORIGINAL, new ShortContext(24, 6),
                    WorkerFiles.ARITHMETIC));
            assertThat(done).isEqualTo(new TaskRunner.Done(new Outcome.KeyTokens(List.of(33, 36, 39, 42, 45)), 48 + 4 * 30));
            var score = new ScoreTask(files.model, sample, Objective.LONGPPL, ORIGINAL.withStartTokens(4), OptionalInt.empty(), List.of(),
                    List.of(33, 36, 45), WorkerFiles.ARITHMETIC);
            assertThat(runner.run(score).outcome()).isEqualTo(new Outcome.Loss(38));
        }
    }

    @Test
    void croppedTextBeginsWithTheStartTokenOfThePlan() throws Exception {
        var of = new InspectTask.Samples("tiny", "text.txt", SampleShare.SEARCH, 1, 48, 1, Optional.of("7"));
        var sample = files.named(0, 48, inspect(of, SampleFacts.class).fingerprints().get(0));
        var seen = new ArrayList<int[]>();
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            seen.add(tokens);
            return new float[tokens.length - 1];
        })) {
            var model = new ModelReference(files.model.path(), files.model.fingerprint(), Optional.of("7"));
            files.runner(session).run(new ScoreTask(model, sample, Objective.PERPLEXITY, ORIGINAL, OptionalInt.of(16), List.of(), List.of(),
                    WorkerFiles.ARITHMETIC));
        }
        assertThat(seen).hasSize(9).allSatisfy(window -> {
            assertThat(window).hasSize(16);
            assertThat(window[0]).isEqualTo(7);
        });
    }

    @Test
    void theNeedleOfASampleIsTheSameForEveryCandidateAndLiesElsewhereInEachSample() throws Exception {
        var prompts = new ArrayList<int[]>();
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            prompts.add(tokens);
            var losses = new float[tokens.length - 1];
            losses[losses.length - 8] = 8;
            return losses;
        })) {
            var runner = files.runner(session);
            for (var candidate : List.of(ORIGINAL, STRETCHED)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(runner.run(score(files.sample(i, 600), Objective.NEEDLE, candidate)).outcome())
                            .isEqualTo(new Outcome.Loss(1));
                }
            }
        }
        assertThat(prompts.subList(3, 6)).usingRecursiveComparison().isEqualTo(prompts.subList(0, 3));
        var tokenizer = files.checkpoint().tokenizer();
        var places = prompts.subList(0, 3).stream().map(tokenizer::decode).mapToInt(text -> text.indexOf("One of the special")).toArray();
        assertThat(places[0]).isLessThan(places[2]);
        assertThat(places[2]).isLessThan(places[1]);
    }

    @Test
    void aLossThatIsNotFiniteIsAResult() throws Exception {
        try (var session = WorkerFiles.session((tokens, candidate) -> new float[] {1, Float.NaN})) {
            assertThat(files.runner(session).run(score(files.sample(1, 48), Objective.PERPLEXITY, ORIGINAL)).outcome())
                    .isEqualTo(new Outcome.Diverged("the loss of sample 1 is NaN"));
        }
    }

    @Test
    void promptsAreAnsweredAsTheMetricAsksThem() throws Exception {
        var task = new GenerateTask(files.model, Retrieval.PASSKEY, 700, 0.5, 2, 7, ORIGINAL, OptionalInt.empty(), WorkerFiles.ARITHMETIC);
        try (var session = WorkerFiles.session()) {
            var done = files.runner(session).run(task);
            assertThat(done.outcome()).as("nothing was ever learnt").isEqualTo(new Outcome.Answers(List.of(false, false)));
            assertThat(done.tokens()).isGreaterThan(2 * 500);
        }
    }

    @Test
    void underCropAModelSeesTheEndOfItsPrompt() throws Exception {
        var task = new GenerateTask(files.model, Retrieval.QUERIES, 1200, 0.5, 2, 7, ORIGINAL, OptionalInt.of(64), WorkerFiles.ARITHMETIC);
        try (var session = WorkerFiles.session()) {
            var done = files.runner(session).run(task);
            assertThat(((Outcome.Answers) done.outcome()).right()).as("one for each number of each prompt").hasSize(2 * 4);
            assertThat(done.tokens()).isBetween(2 * 32L, 2 * 64L);
        }
    }

    @Test
    void aTaskThatTheDeviceCannotHoldIsRefusedWithTheBytes() {
        var small = new ModelSession(Device.CPU, new ModelSession.Limits(1, OptionalLong.of(1 << 20)));
        try (small) {
            assertThatThrownBy(() -> files.runner(small).run(score(files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL)))
                    .isInstanceOf(TaskRefused.class)
                    .hasMessageContaining("MiB for scoring 48 tokens").hasMessageContaining("but was 1.00 MiB");
        }
    }

    @Test
    void memoryThatRunsOutOnTheWayIsToldWithTheBytes() {
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; ...)");
        })) {
            assertThatThrownBy(() -> files.runner(session).run(score(files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL)))
                    .isInstanceOfSatisfying(DeviceOutOfMemory.class, e -> {
                        assertThat(e.memory().there()).isEqualTo(4L << 30);
                        assertThat(e.memory().needed()).isEqualTo(6L << 30);
                        assertThat(session.loaded()).as("it has let go of what it held").isEmpty();
                    });
        }
    }

    @Test
    void whereBitsMayDifferAHalvedChunkIsTriedAndMarked() throws Exception {
        var loose = new Arithmetic(Precision.F32, 512, 1, true);
        var tries = new AtomicInteger();
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            if (tries.incrementAndGet() <= 2) {
                throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; ...)");
            }
            var losses = new float[tokens.length - 1];
            Arrays.fill(losses, 1);
            return losses;
        })) {
            var runner = files.runner(session);
            var task = ScoreTask.whole(files.model, files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL, loose);
            assertThat(runner.run(task)).isEqualTo(new TaskRunner.Done(new Outcome.Loss(1), 48, OptionalInt.of(128)));
            assertThat(runner.run(task)).isEqualTo(new TaskRunner.Done(new Outcome.Loss(1), 48));
            tries.set(0);
            var cropped = new ScoreTask(files.model, files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL, OptionalInt.of(46),
                    List.of(), List.of(), loose);
            assertThat(runner.run(cropped).tokens()).as("with a smaller chunk it is cropped too").isEqualTo(46 + 37);
            tries.set(-100);
            assertThatThrownBy(() -> runner.run(task)).isInstanceOf(DeviceOutOfMemory.class);
            assertThat(tries).as("512, 256, 128 and 64").hasValue(-96);
        }
    }

    @Test
    void anInterruptEndsAPass() {
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            throw new java.util.concurrent.CancellationException("between two layers");
        })) {
            assertThatThrownBy(() -> files.runner(session).run(score(files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL)))
                    .isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void aCheckpointThatAJobTrainedIsFoundBelowTheRuns() throws Exception {
        KnownModel.write(Files.createDirectory(files.runs.resolve("train")), "tuned", 3);
        var tuned = new ModelReference("train/tuned", Checkpoint.open(files.runs.resolve("train/tuned")).fingerprint());
        try (var session = WorkerFiles.session()) {
            var task = ScoreTask.whole(tuned, files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL, WorkerFiles.ARITHMETIC);
            assertThat(files.runner(session).run(task).outcome()).isInstanceOf(Outcome.Loss.class);
        }
    }
}
