package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.text.TokenCoding;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.search.problem.Plural;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.problem.Require;
import io.longrope.search.work.ShortContext;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Windows of a text at places drawn from the seed and the step alone. */
public final class Batches implements SequenceSource {

    private static final long STEP = 0x9E3779B97F4A7C15L;
    /** Positions and kinds are drawn apart from windows, so that the windows are the same whatever the positions. */
    private static final long APART = 0x5851F42D4C957F2DL;

    private final TokenFile text;
    private final OptionalInt startToken;
    private final SequenceSettings settings;
    private final ShortDocuments shortDocuments;
    private final RetrievalDocuments retrievalDocuments;
    private final long seed;

    /**
     * @param startToken put before each window
     * @param coding     for what is invented
     */
    public Batches(TokenFile text, OptionalInt startToken, TokenCoding coding, SequenceSettings settings, long seed) {
        int length = settings.length();
        Require.that(text.length() > length + 1, "training text", "must have more than " + Plural.of(length + 1, "token"), text.length(),
                "give more text or a shorter length");
        this.text = text;
        this.startToken = startToken;
        this.settings = settings;
        this.shortDocuments = new ShortDocuments(text, startToken, settings.shortLength());
        this.retrievalDocuments = new RetrievalDocuments(text, startToken, coding);
        this.seed = seed;
    }

    @Override
    public List<Sequence> at(int step, int count) {
        var random = new SplittableRandom(seed * STEP + step);
        var apart = new SplittableRandom(seed * STEP + step ^ APART);
        var sequences = new ArrayList<Sequence>();
        for (int i = 0; i < count; i++) {
            var window = window(random);
            var own = apart.split();
            sequences.add(own.nextDouble() < settings.shortShare() ? shortDocuments.pack(own, settings.length()) : one(own, window));
        }
        return sequences;
    }

    @Override
    public Optional<ShortContext> longCe() {
        return settings.longCe().isPresent() ? Optional.of(ShortContext.ofTokens(settings.longCe().getAsInt())) : Optional.empty();
    }

    /** Without invented documents nothing is drawn for them. */
    private Sequence one(SplittableRandom random, int[] window) {
        return settings.retrievalShare() > 0 && random.nextDouble() < settings.retrievalShare()
                ? retrievalDocuments.document(random, settings.length(), positions(random)) : Sequence.of(window, positions(random));
    }

    /** [T + 1] */
    private int[] window(SplittableRandom random) {
        var window = new int[settings.length() + 1];
        int lead = startToken.isPresent() ? 1 : 0;
        window[0] = startToken.orElse(0);
        int count = window.length - lead;
        System.arraycopy(text.range(Draws.below(random, text.length() - count + 1), count), 0, window, lead, count);
        return window;
    }

    private double[] positions(SplittableRandom random) {
        return switch (settings.positions()) {
            case CONTIGUOUS -> new double[0];
            case POSE -> PositionDraw.pose(random, settings.length(), settings.target(), settings.chunks());
            case RANDOM -> PositionDraw.ascending(random, settings.length(), settings.target());
        };
    }
}
