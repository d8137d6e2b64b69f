package io.longrope.progressive.report;

import io.longrope.search.json.Json;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

import static org.assertj.core.api.Assertions.assertThat;

class PerplexityReportTest {

    private static final List<String> COLUMNS = List.of("RoPE", "crop", "LongRoPE", "LongRoPE tuned");

    @Test
    void eachTableIsToldWhereItDoesNotBeatCrop() {
        var report = new PerplexityReport(256, COLUMNS, List.of(
                row(256, 2, 2, 2.5, 2.6),
                row(512, 9, 2.5, 2.5, 2.4),
                row(1024, 9, 2.5, Double.POSITIVE_INFINITY, 2.6),
                row(2048, 9, 2.5, Double.NaN, 2.4)));
        assertThat(report.remarks()).containsExactly(
                "LongRoPE does not beat crop at 512, 1024: the base model that sees its last 256 tokens only has a perplexity "
                + "at least as low.",
                "LongRoPE tuned does not beat crop at 1024: the base model that sees its last 256 tokens only has a perplexity "
                + "at least as low.");
        assertThat(PerplexityReport.fromTree(Json.mapper().valueToTree(report.tree()))).isEqualTo(report);
    }

    @Test
    void whereCropDivergedTooNothingFiniteIsBeaten() {
        var report = new PerplexityReport(256, COLUMNS, List.of(row(512, 9, Double.POSITIVE_INFINITY, 3, Double.POSITIVE_INFINITY)));
        assertThat(report.remarks()).singleElement().asString().startsWith("LongRoPE tuned does not beat crop at 512");
    }

    @Test
    void reportsOfBuildsThatKnewNoCropAreRead() throws Exception {
        var report = PerplexityReport.fromTree(Json.mapper().readTree("""
                {"schema": 1, "columns": ["RoPE", "LongRoPE"], "rows": [{"length": 512, "perplexity": {"RoPE": 9.5, "LongRoPE": null}}]}
                """));
        assertThat(report.rows()).containsExactly(new PerplexityReport.Row(512, List.of(OptionalDouble.of(9.5), OptionalDouble.empty())));
        assertThat(report.remarks()).isEmpty();
    }

    /** @param perplexities NaN where the column says nothing */
    private static PerplexityReport.Row row(int length, double... perplexities) {
        return new PerplexityReport.Row(length, Arrays.stream(perplexities)
                .mapToObj(cell -> Double.isNaN(cell) ? OptionalDouble.empty() : OptionalDouble.of(cell)).toList());
    }
}
