package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.TextReference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A tiny model, a text and a runs directory, as a worker finds them. */
final class WorkerFiles {

    static final Arithmetic ARITHMETIC = new Arithmetic(Precision.F32, Arithmetic.USUAL_CHUNK, 1);
    private static final long MEMORY = 4L << 30;

    final Path models;
    final Path data;
    final Path runs;
    final Roots roots;
    final ModelReference model;
    final SampleBook samples;

    WorkerFiles(Path directory) throws IOException {
        models = Files.createDirectories(directory.resolve("models"));
        data = Files.createDirectories(directory.resolve("data"));
        runs = Files.createDirectories(directory.resolve("runs"));
        Files.writeString(data.resolve("text.txt"), "The quick brown fox jumps over the lazy dog.\n".repeat(200));
        model = KnownModel.write(models, "tiny", 1);
        roots = new Roots(List.of(Root.of(models, "--models")), Root.of(data, "--data"), Optional.of(Root.of(runs, "--runs")));
        samples = new SampleBook(roots.data(), TokenStore.at(directory.resolve("tokens")));
    }

    static ModelSession session() {
        return new ModelSession(Device.CPU, new ModelSession.Limits(1, OptionalLong.of(MEMORY)));
    }

    static ModelSession session(FakeModel.Losses losses) {
        return new ModelSession(Device.CPU, new ModelSession.Limits(1, OptionalLong.of(MEMORY)),
                (checkpoint, options) -> new FakeModel(checkpoint.config(), losses));
    }

    ModelTaskRunner runner(ModelSession session) {
        return runner(session, false, new SilentLog());
    }

    ModelTaskRunner runner(ModelSession session, boolean allowCommands, TrainingLog log) {
        return new ModelTaskRunner("w", roots, samples, session, new ModelTaskRunner.Place("a processor", allowCommands), log);
    }

    Checkpoint checkpoint() {
        return Checkpoint.open(models.resolve("tiny"));
    }

    Sample sample(int index, int length) {
        var set = samples.first(checkpoint(), checkpoint().startToken(), "text.txt", SampleShare.SEARCH, index + 1, length, 1);
        return named(index, length, set.fingerprint(index));
    }

    Sample named(int index, int length, String fingerprint) {
        return new Sample("text.txt", SampleShare.SEARCH, index, length, 1, fingerprint);
    }

    TextReference text() {
        return new TextReference("text.txt", samples.textFingerprint(checkpoint().tokenizer(), "text.txt"));
    }

    /** Says nothing. */
    static class SilentLog implements TrainingLog {

        @Override
        public void begins(String training) {
        }

        @Override
        public void line(String training, String line) {
        }

        @Override
        public void step(String training, int step, int steps, double loss) {
        }

        @Override
        public void heldOut(String training, int step, double loss) {
        }
    }
}
