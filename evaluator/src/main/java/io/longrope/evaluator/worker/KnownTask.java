package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.metric.Perplexity;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A small task whose result is known, by which a worker whose attempts failed again and again tells whether it is broken itself: a model
 * of one layer, made anew each time, reads a few tokens. It needs the temporary directory, the engine and the device to be in order,
 * and no checkpoint or text.
 */
public final class KnownTask implements Supplier<Optional<String>> {

    private static final long SEED = 1;
    private static final int LENGTH = 48;
    /** In nats, as transformers 5.24 finds it with these weights on a CPU. */
    private static final double LOSS = 6.5665;
    /** Devices round differently. */
    private static final double TOLERANCE = 1e-3;

    private final ModelSession session;

    public KnownTask(ModelSession session) {
        this.session = session;
    }

    /** Empty when all is well, otherwise what is not, in one line. */
    @Override
    public Optional<String> get() {
        try {
            double loss = loss();
            return Math.abs(loss - LOSS) <= TOLERANCE ? Optional.empty()
                    : Optional.of(String.format(Locale.ROOT, "a loss that is known to be %.4f came out as %.4f", LOSS, loss));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (IOException | RuntimeException e) {
            return Optional.of(e.toString().lines().findFirst().orElse(""));
        }
    }

    private double loss() throws IOException, InterruptedException {
        var place = Files.createTempDirectory("longrope-known-task");
        try {
            return loss(place);
        } finally {
            session.freeIdle();
            Directories.delete(place);
        }
    }

    private double loss(Path place) throws InterruptedException {
        var model = KnownModel.write(place, "known", SEED);
        var arithmetic = new Arithmetic(Precision.F32, Arithmetic.USUAL_CHUNK, 1);
        var tokens = IntStream.range(0, LENGTH).map(i -> i * 37 % 256).toArray();
        try (var open = session.open(place.resolve(model.path()), Optional.of(model.fingerprint()), arithmetic,
                new ModelUse.Scoring(LENGTH, Attention.TRAINED))) {
            return Perplexity.meanLoss(sequence -> open.losses(sequence, Candidate.original(KnownModel.PAIRS), Attention.TRAINED), tokens);
        }
    }
}
