package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EvaluationIdTest {

    private static final Evaluation EVALUATION = SampleEvaluations.evaluation(3);

    /** Python: hashlib.sha256(json.dumps(question, sort_keys=True, separators=(",", ":")).encode()).hexdigest(). */
    @Test
    void savedScoresKeepTheirIds() {
        assertThat(EVALUATION.id().value()).isEqualTo("3ca0f841cc313a55cb89172be1342001197f93ea9dfeb91633fcd69ce2ec0b76");
        assertThat(needles(7).id().value()).isEqualTo("7ffda4d23a9d199f36abb96d8bbb71a40c12a2b5bb8e567d7f96df579c65bad0");
    }

    @Test
    void theSeedDecidesNeedlesButNoPerplexityOfTheSameTokens() {
        assertThat(needles(8).id()).isNotEqualTo(needles(7).id());
        assertThat(seeded(8, Objective.PERPLEXITY).id()).isEqualTo(EVALUATION.id());
    }

    private static Evaluation needles(long seed) {
        return seeded(seed, Objective.NEEDLE);
    }

    private static Evaluation seeded(long seed, Objective objective) {
        var samples = EVALUATION.samples();
        var reference = new SampleReference(samples.text(), samples.share(), samples.count(), samples.length(), seed,
                samples.fingerprint());
        return new Evaluation(EVALUATION.model(), reference, objective, EVALUATION.candidate(), EVALUATION.precision());
    }
}
