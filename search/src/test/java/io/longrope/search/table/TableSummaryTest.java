package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.TableSummary.Pair;
import io.longrope.search.table.TableSummary.Treatment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

class TableSummaryTest {

    private static final RopeGeometry LLAMA2 = new RopeGeometry(128, 10_000, 4096);

    @TempDir
    Path directory;

    private static FactorTable microsoft(String name, int length) throws Exception {
        var format = new CsvFormat("llama2-7b", LLAMA2, length, AttentionTemperature.longrope());
        return TableFiles.read(Path.of(TableSummaryTest.class.getResource(name).toURI()), Optional.of(format));
    }

    @ParameterizedTest
    @CsvSource({"128, 10000, 4096, 46", "128, 10000, 8192, 50", "128, 500000, 8192, 35", "96, 10000, 2048, 31", "96, 10000, 4096, 34",
            "8, 10000, 3, 0"})
    void theCriticalPairIsThePublishedOne(int rotaryDim, double theta, int length, int expected) {
        assertThat(new RopeGeometry(rotaryDim, theta, length).criticalPair()).isEqualTo(expected);
    }

    @Test
    void microsoftsFirstTableIsDescribed() throws Exception {
        var table = microsoft("ft_la2_128k.csv", 131_072);
        var summary = TableSummary.of(table, table.longest());
        assertThat(summary.count(Treatment.EXTRAPOLATED)).isEqualTo(19);
        assertThat(summary.count(Treatment.INTERPOLATED)).isEqualTo(20);
        assertThat(summary.count(Treatment.MIXED)).isEqualTo(25);
        assertThat(summary.closestMethod()).isEqualTo("ntk");
        assertThat(summary.pairs()).noneMatch(Pair::unseenAngles);
        assertThat(TableText.of(table))
                .startsWith("llama2-7b: rotary dimension 128, theta 10000, original length 4096, critical pair 46 of 64\n")
                .contains("131072 tokens (32x), n̂ 0, attention factor 1.190238\n")
                .contains("19 pairs extrapolated, 25 mixed, 20 interpolated; largest factor 32\n")
                .containsPattern("distance to known methods: ntk 0\\.\\d{3}, ")
                .containsPattern("\n  46 +\\S+ +\\S+ +32  < critical\n");
    }

    @Test
    void everyKnownMethodIsNearestToItself() {
        for (var name : List.of("original", "pi", "ntk", "ntk-mixed", "yarn", "llama3")) {
            var summary = TableSummary.of(LLAMA2, 65_536, Candidate.of(RopeScalings.named(name), LLAMA2, 65_536));
            assertThat(summary.closestMethod()).isEqualTo(name);
            assertThat(summary.distances().get(name)).isZero();
        }
    }

    @Test
    void stoppedPairsAndUnseenAnglesAreCounted() {
        var geometry = new RopeGeometry(8, 10_000, 100);
        var summary = TableSummary.of(geometry, 400, new Candidate(RescaleFactors.of(1, 2, 3, Double.POSITIVE_INFINITY), 0, 1));
        assertThat(geometry.criticalPair()).isEqualTo(2);
        assertThat(summary.pairs()).extracting(Pair::treatment)
                .containsExactly(Treatment.EXTRAPOLATED, Treatment.MIXED, Treatment.MIXED, Treatment.STOPPED);
        assertThat(summary.pairs()).extracting(Pair::unseenAngles).containsExactly(false, false, true, false);
        assertThat(List.copyOf(summary.distances().values())).allMatch(Double::isFinite).isSorted();
        var text = TableText.of(new FactorTable("m", geometry, List.of(TableEntry.of(400, Measured.of(summary.candidate(), 7))),
                List.of()));
        assertThat(text).contains(", 1 stopped; largest factor inf").contains("perplexity 7.0000")
                .contains("1 pair from the critical one on reaches angles");
    }

    @Test
    void upToTheOriginalLengthFactorsCanOnlyInterpolate() {
        var summary = TableSummary.of(LLAMA2, 4096, new Candidate(RescaleFactors.of(
                IntStream.range(0, 64).mapToDouble(i -> i < 10 ? 1 : 2).toArray()), 0, 1));
        assertThat(summary.count(Treatment.EXTRAPOLATED)).isEqualTo(10);
        assertThat(summary.count(Treatment.INTERPOLATED)).isEqualTo(54);
        assertThat(summary.distances()).containsOnlyKeys("original");
    }

    @Test
    void differencesAreFoundWhereTheyAre() throws Exception {
        var first = microsoft("ft_la2_128k.csv", 131_072);
        assertThat(TableDifference.between(first, first).isEmpty()).isTrue();
        assertThat(TableText.of(TableDifference.between(first, first))).isEqualTo("The tables are equal.\n");
        var row = first.forLength(131_072).factors().layer(0);
        row[40] *= 2;
        var changed = new FactorTable("other", LLAMA2, List.of(
                TableEntry.of(131_072, Measured.unmeasured(new Candidate(RescaleFactors.of(row), 4, 1))),
                TableEntry.of(262_144, Measured.unmeasured(Candidate.original(64)))), List.of());
        var difference = TableDifference.between(first, changed);
        assertThat(difference.onlyInFirst()).isEmpty();
        assertThat(difference.onlyInSecond()).containsExactly(262_144);
        assertThat(difference.shared()).singleElement().satisfies(entry -> {
            assertThat(entry.differingPairs()).containsExactly(40);
            assertThat(entry.widestPair()).isEqualTo(40);
            assertThat(entry.widestRatio()).isEqualTo(0.5);
            assertThat(entry.startTokens()).isEqualTo(4);
            assertThat(entry.distance()).isCloseTo(Math.log(2) / 8, offset(1e-12));
        });
        assertThat(TableText.of(difference)).contains("only in the second: 262144")
                .contains("131072 tokens: 1 pair differs, distance 0.0866, most at pair 40 (ratio 0.5000); n̂ +4");
        var perLayer = new FactorTable("m", LLAMA2, List.of(TableEntry.of(131_072, Measured.unmeasured(new Candidate(
                RescaleFactors.perLayer(new double[][] {first.forLength(131_072).factors().layer(0), row}), 0, 1)))), List.of());
        assertThat(TableDifference.between(first, perLayer).shared().get(0).differingPairs()).containsExactly(40);
        var small = new FactorTable("m", new RopeGeometry(4, 10_000, 100),
                List.of(TableEntry.of(200, Measured.unmeasured(Candidate.original(2)))), List.of());
        assertThatThrownBy(() -> TableDifference.between(first, small)).isInstanceOf(BadInput.class).hasMessageContaining("64 and 2");
    }

    @Test
    void aFilesFormIsToldFromItsContent() throws Exception {
        var table = microsoft("ft_la2_128k.csv", 131_072);
        var expected = table.forLength(131_072);
        new JsonFormat().write(table, directory.resolve("a"));
        new HuggingFaceFormat(Engine.TRANSFORMERS).write(table, directory.resolve("config.json"));
        assertThat(TableFiles.read(directory.resolve("a"), Optional.empty())).isEqualTo(table);
        assertThat(TableFiles.read(directory, Optional.empty()).forLength(131_072)).isEqualTo(expected);
        var gguf = Path.of(TableSummaryTest.class.getResource("gguf/phi3-exported.gguf").toURI());
        assertThat(TableFiles.read(gguf, Optional.empty()).longest().length()).isEqualTo(2048);
        var csv = Files.writeString(directory.resolve("c"), "1\n2\n");
        assertThatThrownBy(() -> TableFiles.read(csv, Optional.empty())).isInstanceOf(BadInput.class)
                .hasMessageStartingWith(csv + " must state the model its factors belong to");
        assertThatThrownBy(() -> TableFiles.read(directory.resolve("absent"), Optional.empty())).hasMessageEndingWith("but was missing");
        Files.delete(directory.resolve("config.json"));
        assertThatThrownBy(() -> TableFiles.read(directory, Optional.empty()))
                .hasMessageContaining("must hold a table to be read as one: config.json");
    }

    @ParameterizedTest
    @CsvSource({"hf, false, false, true, true", "vllm, false, true, true, true", "ollama, false, true, true, true",
            "sglang, false, false, false, true", "mlx, true, true, true, true"})
    void enginesSwitchTablesByTheirOwnRules(String engine, boolean smallWindow, boolean shortPrompt, boolean oneMore, boolean twoMore) {
        assertThat(Engine.named(engine).usesLongTable(4096, 4096, 4096)).isEqualTo(smallWindow);
        assertThat(Engine.named(engine).usesLongTable(4096, 131_072, 100)).isEqualTo(shortPrompt);
        assertThat(Engine.named(engine).usesLongTable(4096, 131_072, 4097)).isEqualTo(oneMore);
        assertThat(Engine.named(engine).usesLongTable(4096, 131_072, 4098)).isEqualTo(twoMore);
        assertThatThrownBy(() -> Engine.named(engine + "x")).isInstanceOf(BadInput.class)
                .hasMessageContaining("did you mean '" + engine + "'?");
    }
}
