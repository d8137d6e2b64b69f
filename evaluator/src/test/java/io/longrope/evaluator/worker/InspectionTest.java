package io.longrope.evaluator.worker;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.facts.ModelFacts;
import io.longrope.evaluator.facts.SampleFacts;
import io.longrope.evaluator.facts.TextFacts;
import io.longrope.evaluator.metric.NeedlePrompt;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.TaskRefused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a worker tells of the checkpoints, texts and files it sees, and what it never opens. */
class InspectionTest extends ModelTaskScene {

    @Test
    void aCheckpointIsDescribedByItsFacts() throws Exception {
        var facts = inspect(new InspectTask.Model("tiny", Optional.empty()), ModelFacts.class);
        var checkpoint = files.checkpoint();
        assertThat(inspect(new InspectTask.Weights("tiny"), String.class)).isEqualTo(checkpoint.fingerprint());
        assertThat(facts.config().path("model_type").textValue()).isEqualTo("llama");
        assertThat(facts.weights()).containsOnlyKeys("F32");
        assertThat(facts.precision()).isEqualTo(Precision.F32);
        assertThat(facts.tokenizer()).isEqualTo(checkpoint.tokenizer().fingerprint());
        assertThat(facts.startToken()).isEqualTo(checkpoint.config().bosTokenId());
        assertThat(facts.shortestNeedle())
                .isEqualTo(OptionalInt.of(NeedlePrompt.shortest(checkpoint.tokenizer(), checkpoint.config().bosTokenId())));
        assertThat(facts.shortestPrompts()).hasSize(Retrieval.values().length);
        assertThat(facts.shortestPrompts().get(Retrieval.PASSKEY)).isBetween(100, 400);
    }

    @Test
    void textSamplesAndDeviceAreDescribed() throws Exception {
        var text = inspect(new InspectTask.Text("tiny", "text.txt", List.of()), TextFacts.class);
        assertThat(text.tokens()).isEqualTo(9000);
        assertThat(text.documents()).isEqualTo(1);
        assertThat(text.fingerprint()).isEqualTo(files.text().fingerprint());
        var samples = inspect(new InspectTask.Samples("tiny", "text.txt", SampleShare.SEARCH, 3, 48, 1, Optional.empty()),
                SampleFacts.class);
        assertThat(samples.fingerprints())
                .containsExactly(files.sample(0, 48).fingerprint(), files.sample(1, 48).fingerprint(), files.sample(2, 48).fingerprint());
        assertThat(inspect(new InspectTask.Device(), DeviceFacts.class))
                .isEqualTo(new DeviceFacts("w", "cpu", "a processor", OptionalLong.of(4L << 30)));
    }

    @Test
    void aPlansStartTokenDecidesWhatSamplesBeginWithAndIsRefusedWhereTheModelLacksIt() throws Exception {
        var of = new InspectTask.Samples("tiny", "text.txt", SampleShare.SEARCH, 1, 48, 1, Optional.of("none"));
        var fingerprint = inspect(of, SampleFacts.class).fingerprints().get(0);
        assertThat(fingerprint).isNotEqualTo(files.sample(0, 48).fingerprint());
        var sample = files.named(0, 48, fingerprint);
        var seen = new ArrayList<int[]>();
        try (var session = WorkerFiles.session((tokens, candidate) -> {
            seen.add(tokens);
            return new float[] {1, 1};
        })) {
            var plain = new ModelReference(files.model.path(), files.model.fingerprint(), Optional.of("none"));
            files.runner(session).run(ScoreTask.whole(plain, sample, Objective.PERPLEXITY, ORIGINAL, WorkerFiles.ARITHMETIC));
        }
        assertThat(seen.get(0)[0]).isNotEqualTo(files.checkpoint().startToken().orElseThrow());
        refused(score(sample, Objective.PERPLEXITY, ORIGINAL), "must give sample 0 with fingerprint");
        refused(new InspectTask("run 1", new InspectTask.Model("tiny", Optional.of("100000"))), "must be below the model's vocab_size");
    }

    @Test
    void aTextThatWasReplacedIsReadAgain() throws Exception {
        var before = inspect(new InspectTask.Text("tiny", "text.txt", List.of()), TextFacts.class);
        Files.writeString(files.data.resolve("text.txt"), "Another text altogether.\n".repeat(300));
        assertThat(inspect(new InspectTask.Text("tiny", "text.txt", List.of()), TextFacts.class).fingerprint())
                .isNotEqualTo(before.fingerprint());
    }

    @Test
    void aSharedFileIsSeenOrNot() throws Exception {
        Files.writeString(files.runs.resolve("probe"), "42");
        assertThat(inspect(new InspectTask.SharedFile("probe", "42"), Boolean.class)).isTrue();
        assertThat(inspect(new InspectTask.SharedFile("probe", "43"), Boolean.class)).isFalse();
        assertThat(inspect(new InspectTask.SharedFile("none", "42"), Boolean.class)).isFalse();
        assertThat(inspect(new InspectTask.SharedFile("../data/text.txt", "42"), Boolean.class)).isFalse();
    }

    /** Else it were chance whether a job that trains runs where some workers train and others score only. */
    @Test
    void aWorkerThatDoesNotTrainLeavesSharedFilesToThoseThatDo() {
        try (var session = WorkerFiles.session()) {
            var scoring = new ModelTaskRunner("w", new Roots(files.roots.models(), files.roots.data(), Optional.empty()),
                    files.samples, session, new ModelTaskRunner.Place("a processor", false), new WorkerFiles.SilentLog());
            assertThatThrownBy(() -> scoring.run(new InspectTask("run 1", new InspectTask.SharedFile("probe", "42"))))
                    .isInstanceOf(TaskRefused.class).hasMessageContaining("--runs must be given to a worker that trains, but was none");
        }
    }

    @Test
    void whatThisWorkerCannotDoIsRefused() throws IOException {
        var sample = files.sample(0, 48);
        refused(ScoreTask.whole(new ModelReference("tiny", "0".repeat(64)), sample, Objective.PERPLEXITY, ORIGINAL,
                WorkerFiles.ARITHMETIC), "must be the checkpoint with fingerprint 0000");
        refused(ScoreTask.whole(new ModelReference("none", "0".repeat(64)), sample, Objective.PERPLEXITY, ORIGINAL,
                WorkerFiles.ARITHMETIC), "must exist below --models");
        refused(ScoreTask.whole(new ModelReference("tinny", "0".repeat(64)), sample, Objective.PERPLEXITY, ORIGINAL,
                WorkerFiles.ARITHMETIC), "must exist below --models, but was missing; did you mean 'tiny'?");
        refused(score(new Sample("text.txt", SampleShare.SEARCH, 0, 48, 1, "0".repeat(64)), Objective.PERPLEXITY, ORIGINAL),
                "must give sample 0 with fingerprint 0000");
        refused(score(new Sample("none.txt", SampleShare.SEARCH, 0, 48, 1, "0".repeat(64)), Objective.PERPLEXITY, ORIGINAL),
                "must exist below --data");
        refused(score(sample, Objective.PERPLEXITY, Candidate.original(3)), "must have 4 factors");
        refused(score(sample, Objective.NEEDLE, ORIGINAL), "must have room for the needle prompt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../models/tiny", "/etc", "a/../../tiny", "..", ".", "link", "link/tiny", "tiny\0"})
    void nothingOutsideTheRootsIsOpened(String path) throws IOException {
        var outside = Files.createDirectory(directory.resolve("outside"));
        KnownModel.write(outside, "tiny", 1);
        Files.writeString(outside.resolve("text.txt"), "secret ".repeat(500));
        for (var root : List.of(files.models, files.data, files.runs)) {
            Files.createSymbolicLink(root.resolve("link"), outside);
        }
        refused(new InspectTask("run 1", new InspectTask.Model(path, Optional.empty())), "");
        refused(new InspectTask("run 1", new InspectTask.Text("tiny", path, List.of())), "");
        refused(new InspectTask("run 1", new InspectTask.Samples("tiny", path, SampleShare.SEARCH, 1, 48, 1, Optional.empty())), "");
        refused(ScoreTask.whole(new ModelReference(path, files.model.fingerprint()), files.sample(0, 48), Objective.PERPLEXITY, ORIGINAL,
                WorkerFiles.ARITHMETIC), "");
        refused(score(new Sample(path, SampleShare.SEARCH, 0, 48, 1, "0".repeat(64)), Objective.PERPLEXITY, ORIGINAL), "");
    }
}
