package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FactorTableTest {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(4, 10_000, 100);

    private static Candidate candidate(double last) {
        return new Candidate(RescaleFactors.of(1, last), 0, 1.1);
    }

    private static FactorTable table(int... lengths) {
        return new FactorTable("model", GEOMETRY, Arrays.stream(lengths)
                .mapToObj(length -> TableEntry.of(length, Measured.of(candidate(length / 100.0), 5))).toList(), List.of());
    }

    @Test
    void aLengthGetsTheSmallestEntryThatHoldsIt() {
        var table = table(200, 400);
        assertThat(table.forLength(101)).isEqualTo(candidate(2));
        assertThat(table.forLength(200)).isEqualTo(candidate(2));
        assertThat(table.forLength(201)).isEqualTo(candidate(4));
        assertThatThrownBy(() -> table.forLength(401)).isInstanceOf(BadInput.class)
                .hasMessageContaining("length must be at most 400").hasMessageContaining("401");
    }

    @Test
    void upToTheOriginalLengthOnlyARecoveryEntryChangesPositions() {
        assertThat(table(200).forLength(100)).isEqualTo(Candidate.original(2));
        assertThat(table(50, 100, 200).forLength(40)).isEqualTo(candidate(0.5));
        assertThat(table(50, 100, 200).forLength(51)).isEqualTo(candidate(1));
        assertThat(table(50, 200).forLength(60)).isEqualTo(Candidate.original(2));
    }

    @Test
    void theDynamicFormMeetsBothEnds() {
        var dynamic = table(400).dynamic(AttentionTemperature.none());
        assertThat(dynamic.factors(GEOMETRY, 100)).isEqualTo(RescaleFactors.identity(2));
        assertThat(dynamic.factors(GEOMETRY, 250)).isEqualTo(RescaleFactors.of(1, 2.5));
        assertThat(dynamic.factors(GEOMETRY, 400)).isEqualTo(RescaleFactors.of(1, 4));
        assertThatThrownBy(() -> dynamic.factors(GEOMETRY, 401)).isInstanceOf(BadInput.class);
    }

    @Test
    void oneLengthOfATableIsATableOfItsOwnWithItsRule() {
        var served = table(50, 200, 400).at(150, false);
        assertThat(served.entries()).extracting(TableEntry::length).containsExactly(150);
        assertThat(served.longest().best().candidate()).isEqualTo(candidate(2));
        assertThat(served.provenance()).last().isEqualTo("the entry for 200, which serves 150");
        assertThat(table(200).at(80, false).provenance()).last().isEqualTo("positions as trained, which serves 80");
        var fitted = table(200, 400).at(250, true);
        assertThat(fitted.longest().best().candidate().factors()).isEqualTo(RescaleFactors.of(1, 2.5));
        assertThat(fitted.longest().best().candidate().attentionFactor()).isEqualTo(AttentionTemperature.longrope().factor(GEOMETRY, 250));
    }

    @Test
    void anEngineWithoutStartTokensGetsTheMeasuredTableWithoutThem() {
        var searched = new Candidate(RescaleFactors.of(1, 2), 16, 1.1);
        var entry = new TableEntry(200, Measured.of(searched, 5), Optional.of(Measured.of(candidate(1.9), 5.1)), "");
        assertThat(entry.exportable()).isEqualTo(Measured.of(candidate(1.9), 5.1));
        assertThat(TableEntry.of(200, Measured.of(searched, 5)).exportable()).isEqualTo(Measured.unmeasured(candidate(2)));
    }

    @Test
    void impossibleTablesAreRefused() {
        assertThatThrownBy(() -> table()).isInstanceOf(BadInput.class).hasMessageContaining("entries must not be empty");
        assertThatThrownBy(() -> table(400, 200)).hasMessageContaining("entries[1].length must be greater than the one before");
        var tooFew = TableEntry.of(200, Measured.unmeasured(Candidate.original(1)));
        assertThatThrownBy(() -> new FactorTable("model", GEOMETRY, List.of(tooFew), List.of())).isInstanceOf(BadInput.class)
                .hasMessageContaining("entries[0].best.factors must be 2");
        var startTokens = Measured.unmeasured(candidate(2).withStartTokens(4));
        assertThatThrownBy(() -> new TableEntry(200, startTokens, Optional.of(startTokens), "")).isInstanceOf(BadInput.class);
    }
}
