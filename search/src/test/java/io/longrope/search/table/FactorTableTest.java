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
import static org.assertj.core.api.Assertions.within;

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
    void aWindowGetsTheEntryOfItsLengthAndKeepsRecoveries() {
        var table = table(50, 200, 400).forWindow(200);
        assertThat(table.entries()).extracting(TableEntry::length).containsExactly(50, 200);
        assertThat(table.longest()).isEqualTo(TableEntry.of(200, Measured.of(candidate(2), 5)));
        assertThat(table.provenance()).last().isEqualTo("the entry for 200");
        assertThatThrownBy(() -> table(200, 400).forWindow(401)).isInstanceOf(BadInput.class).hasMessageContaining("at most 400");
        assertThatThrownBy(() -> table(200, 400).forWindow(100)).isInstanceOf(BadInput.class)
                .hasMessageContaining("window must be beyond the original length of 100 tokens, but was 100");
    }

    @Test
    void aWindowBetweenTwoLengthsGetsWhatLiesBetweenTheirFactors() {
        var between = table(200, 800).forWindow(400).longest();
        assertThat(between.length()).isEqualTo(400);
        assertThat(between.best().candidate().factors().get(0)).isEqualTo(1);
        assertThat(between.best().candidate().factors().get(1)).isCloseTo(4, within(1e-12));
        assertThat(between.best().candidate().attentionFactor()).isCloseTo(1.1, within(1e-12));
        assertThat(between.best().perplexity()).isEmpty();

        var first = table(50, 400).forWindow(200);
        assertThat(first.entries()).extracting(TableEntry::length).containsExactly(50, 200);
        assertThat(first.longest().best().candidate().factors().get(1)).as("from the model as trained").isCloseTo(2, within(1e-12));
        assertThat(first.longest().best().candidate().attentionFactor()).isCloseTo(1.05, within(1e-12));
        assertThat(first.provenance()).last().isEqualTo("for 200 between positions as trained, 100, and that for 400: ln λ and attention "
                + "factor by ln length, not measured");
    }

    @Test
    void betweenAPairThatTurnsAndOneThatDoesNotItDoesNot() {
        var rows = RescaleFactors.perLayer(new double[][] {{1, Double.POSITIVE_INFINITY}, {4, 9}});
        var between = RescaleFactors.of(1, 1).towards(rows, 0.5);
        assertThat(between.layers()).isEqualTo(2);
        assertThat(between.layer(0)).containsExactly(1, Double.POSITIVE_INFINITY);
        assertThat(between.layer(1)).containsExactly(new double[] {2, 3}, within(1e-12));
        assertThatThrownBy(() -> rows.towards(RescaleFactors.of(1), 0.5)).hasMessageContaining("must be as many factors");
    }

    @Test
    void anEngineWithoutStartTokensGetsTheMeasuredTableWithoutThem() {
        var searched = new Candidate(RescaleFactors.of(1, 2), 16, 1.1);
        var entry = new TableEntry(200, Measured.of(searched, 5), Optional.of(Measured.of(candidate(1.9), 5.1)), "");
        assertThat(entry.exportable()).isEqualTo(Measured.of(candidate(1.9), 5.1));
        assertThat(TableEntry.of(200, Measured.of(searched, 5)).exportable()).isEqualTo(Measured.unmeasured(candidate(2)));
    }

    @Test
    void oneRowForAllLayersHasTheMeansOfTheirLogarithms() {
        var rows = RescaleFactors.perLayer(new double[][] {{1, 2, 5}, {4, 8, Double.POSITIVE_INFINITY}});
        assertThat(rows.shared().layers()).isEqualTo(1);
        assertThat(rows.shared().layer(0)).containsExactly(new double[] {2, 4, Double.POSITIVE_INFINITY}, within(1e-12));
        assertThat(RescaleFactors.of(1, 2).shared()).isEqualTo(RescaleFactors.of(1, 2));
        var ofLayers = new Candidate(RescaleFactors.perLayer(new double[][] {{1, 2}, {4, 8}}), 16, 1.1);
        assertThat(ofLayers.forEngines().startTokens()).isZero();
        assertThat(ofLayers.forEngines().factors()).isEqualTo(ofLayers.factors().shared());
        var measured = new TableEntry(200, Measured.of(ofLayers, 5), Optional.of(Measured.of(candidate(1.9), 5.1)), "");
        assertThat(measured.shared()).isEqualTo(candidate(1.9));
        assertThat(TableEntry.of(200, Measured.of(ofLayers, 5)).shared()).isEqualTo(ofLayers.forEngines());
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
