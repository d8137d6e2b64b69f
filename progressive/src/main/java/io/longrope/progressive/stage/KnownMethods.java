package io.longrope.progressive.stage;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Candidates that need no search. */
public final class KnownMethods {

    /** Of those that need no search it loses least at most lengths of most models. */
    static final String BEST = "yarn";

    private KnownMethods() {
    }

    /**
     * A method as its paper runs it: its own factors and its own attention factor; log-n query scaling, which no candidate carries, is left
     * out.
     */
    public static Candidate candidate(String method, RopeGeometry geometry, int length) {
        var scaling = RopeScalings.named(method);
        return new Candidate(scaling.factors(geometry, length), 0, scaling.attentionFactor(geometry, length));
    }

    /** What a search starts from and its finalists must beat, by method. LongRoPE's starts from PI, NTK and YaRN (Algorithm 1). */
    static Map<String, Candidate> rivals(List<String> methods, RopeGeometry geometry, int length) {
        var rivals = new LinkedHashMap<String, Candidate>();
        methods.forEach(method -> rivals.put(method, candidate(method, geometry, length)));
        return rivals;
    }

    /** The methods stretching a window that factors in force have stretched to {@code tunedLength} already. */
    static Map<String, Candidate> onTopOf(List<String> methods, RescaleFactors tuned, RopeGeometry geometry, int tunedLength, int length) {
        var extended = new RopeGeometry(geometry.rotaryDim(), geometry.theta(), tunedLength);
        var products = new LinkedHashMap<String, Candidate>();
        rivals(methods, extended, length).forEach((method, candidate) -> products.put(method + " of the fine-tuned table",
                new Candidate(tuned.multipliedBy(candidate.factors()), 0, candidate.attentionFactor())));
        return products;
    }
}
