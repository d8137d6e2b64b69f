package io.longrope.search.table;

import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class RoundTripTest {

    private static Path directory;

    @BeforeContainer
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("tables");
    }

    @AfterContainer
    static void removeDirectory() throws IOException {
        for (var file : List.of("table.json", "config.json", "table.csv")) {
            Files.deleteIfExists(directory.resolve(file));
        }
        Files.delete(directory); // fails if a writer left a temporary file behind
    }

    @Property(tries = 150)
    void ourJsonKeepsEverything(@ForAll("tables") FactorTable table) throws IOException {
        new JsonFormat().write(table, directory.resolve("table.json"));
        assertThat(new JsonFormat().read(directory.resolve("table.json"))).isEqualTo(table);
    }

    @Property(tries = 100)
    void aConfigKeepsTwoTables(@ForAll("twoTables") FactorTable table) throws IOException {
        var file = directory.resolve("config.json");
        for (var engine : List.of(Engine.TRANSFORMERS, Engine.VLLM, Engine.SGLANG)) {
            new HuggingFaceFormat(engine).write(table, file);
            var read = new HuggingFaceFormat(engine).read(file);
            assertThat(read.geometry()).isEqualTo(table.geometry());
            assertThat(read.entries()).isEqualTo(table.entries());
        }
    }

    @Property(tries = 100)
    void csvKeepsFactorsToTheBit(@ForAll("rows") RescaleFactors factors, @ForAll boolean perLayer) throws IOException {
        var geometry = new RopeGeometry(2 * factors.pairs(), 10_000, 64);
        var rows = perLayer ? RescaleFactors.perLayer(new double[][] {factors.layer(0), RescaleFactors.identity(factors.pairs()).layer(0)})
                : factors;
        var table = new FactorTable("model", geometry, List.of(TableEntry.of(512, Measured.unmeasured(new Candidate(rows, 0, 1)))),
                List.of("read from table.csv"));
        var format = new CsvFormat("model", geometry, 512, AttentionTemperature.none());
        format.write(table, directory.resolve("table.csv"));
        assertThat(format.read(directory.resolve("table.csv"))).isEqualTo(table);
    }

    @Provide
    Arbitrary<FactorTable> tables() {
        return RandomTables.tables();
    }

    @Provide
    Arbitrary<FactorTable> twoTables() {
        return RandomTables.twoTables();
    }

    @Provide
    Arbitrary<RescaleFactors> rows() {
        var anyPositive = Arbitraries.longs().between(1, Double.doubleToLongBits(Double.MAX_VALUE)).map(Double::longBitsToDouble);
        return anyPositive.array(double[].class).ofMinSize(2).ofMaxSize(16).map(RescaleFactors::of);
    }
}
