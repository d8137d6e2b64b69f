package io.longrope.progressive.report;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CropRemarkTest {

    @Test
    void onlyATableThatIsLowerBeatsCrop() {
        assertThat(CropRemark.of(2048, "perplexity", 2.3, 2.4)).isEmpty();
        assertThat(CropRemark.of(2048, "perplexity", 2.3, Double.POSITIVE_INFINITY)).isEmpty();
        assertThat(CropRemark.of(2048, "needle perplexity", 3.115, 2.352)).contains("the table chosen for 2048 does not beat crop: needle "
                + "perplexity 3.115 against 2.352 of the base model that sees its last tokens only, on the same samples, which the search "
                + "never saw");
        assertThat(CropRemark.of(2048, "perplexity", 2.352, 2.352)).isPresent();
        assertThat(CropRemark.of(2048, "perplexity", Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY)).isPresent();
    }
}
