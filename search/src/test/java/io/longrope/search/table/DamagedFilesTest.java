package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever a byte is changed to, a file is read or refused by name, never a crash. */
class DamagedFilesTest {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(6, 10_000, 100);
    private static final CsvFormat CSV = new CsvFormat("model", GEOMETRY, 400, AttentionTemperature.longrope());
    private static Path directory;

    @BeforeContainer
    static void writeGoodFiles() throws IOException {
        directory = Files.createTempDirectory("damaged");
        var plain = Measured.of(new Candidate(RescaleFactors.of(1, 2.5, 4), 0, 1.1), 6);
        var table = new FactorTable("model", GEOMETRY, List.of(new TableEntry(400,
                Measured.of(plain.candidate().withStartTokens(8), 5.5), Optional.of(plain), "8 samples")), List.of("seed 1"));
        new JsonFormat().write(table, directory.resolve("table.json"));
        new HuggingFaceFormat(Engine.TRANSFORMERS).write(table, directory.resolve("config.json"));
        CSV.write(table, directory.resolve("table.csv"));
    }

    @AfterContainer
    static void removeFiles() throws IOException {
        for (var name : List.of("table.json", "config.json", "table.csv", "damaged")) {
            Files.delete(directory.resolve(name));
        }
        Files.delete(directory);
    }

    @Property(tries = 400)
    void isReadOrRefusedByName(@ForAll @IntRange(max = 2) int which, @ForAll @IntRange(max = 4000) int place, @ForAll byte value,
                               @ForAll boolean cut) throws IOException {
        var bytes = Files.readAllBytes(directory.resolve(List.of("table.json", "config.json", "table.csv").get(which)));
        int at = place % bytes.length;
        bytes[at] = value;
        var file = Files.write(directory.resolve("damaged"), cut ? Arrays.copyOf(bytes, at) : bytes);
        try {
            assertThat(TableFiles.read(file, Optional.of(CSV)).geometry().pairs()).isPositive();
        } catch (BadInput e) {
            assertThat(e).hasMessageStartingWith(file.toString());
        }
    }
}
