package io.longrope.progressive.driver;

import io.longrope.progressive.stage.Samples;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Samples of one text, named as workers cut them with a checkpoint's tokenizer, which fine-tuning does not change. */
public final class InspectedSamples implements Samples {

    /** 2^64 / φ: spreads the seeds of draws, so that jobs with neighbouring seeds do not share samples. */
    private static final long DRAW_STRIDE = 0x9E3779B97F4A7C15L;

    private final Inspection inspection;
    private final String model;
    private final String text;
    private final long seed;
    private final Optional<String> startToken;
    /** A smaller count is the beginning of a greater one. */
    private final Map<Place, List<Sample>> known = new ConcurrentHashMap<>();

    /**
     * @param model path of the checkpoint below the workers' models root
     * @param text  path below their data root
     * @param seed  decides where samples begin
     * @param startToken what they begin with, as in {@link io.longrope.search.work.ModelReference}
     */
    public InspectedSamples(Inspection inspection, String model, String text, long seed, Optional<String> startToken) {
        this.inspection = inspection;
        this.model = model;
        this.text = text;
        this.seed = seed;
        this.startToken = startToken;
    }

    private record Place(SampleShare share, int length, long seed) {
    }

    @Override
    public List<Sample> cut(SampleShare share, int count, int length, int draw) {
        var place = new Place(share, length, seed + DRAW_STRIDE * draw);
        var samples = known.get(place);
        if (samples == null || samples.size() < count) {
            samples = ask(place, count);
            known.put(place, samples);
        }
        return samples.subList(0, count);
    }

    private List<Sample> ask(Place place, int count) {
        var asked = new InspectTask.Samples(model, text, place.share, count, place.length, place.seed, startToken);
        var fingerprints = inspection.samples(asked).fingerprints();
        return IntStream.range(0, count)
                .mapToObj(i -> new Sample(text, place.share, i, place.length, place.seed, fingerprints.get(i))).toList();
    }
}
