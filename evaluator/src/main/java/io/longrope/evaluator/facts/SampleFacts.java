package io.longrope.evaluator.facts;

import io.longrope.search.problem.Require;

import java.util.List;

/** @param fingerprints of samples, in their order; see {@link io.longrope.search.work.Sample} */
public record SampleFacts(List<String> fingerprints) {

    public SampleFacts {
        fingerprints = List.copyOf(Require.present(fingerprints, "samples.fingerprints"));
    }
}
