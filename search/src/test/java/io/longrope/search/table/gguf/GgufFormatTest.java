package io.longrope.search.table.gguf;

import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.gguf.GgufFormat.LlamaTables;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GgufFormatTest {

    private static final RopeGeometry GEOMETRY = new RopeGeometry(8, 10_000, 256);
    private static final RescaleFactors LONG = RescaleFactors.of(1, 1.5, 3.25, 8.1);
    private static final RescaleFactors SHORT = RescaleFactors.of(1, 1, 1.25, 1.5);

    @TempDir
    Path directory;

    private static FactorTable table(RopeGeometry geometry, RescaleFactors longFactors, RescaleFactors shortFactors) {
        return new FactorTable("model", geometry, List.of(
                TableEntry.of(256, Measured.unmeasured(new Candidate(shortFactors, 0, 1.125))),
                TableEntry.of(2048, Measured.unmeasured(new Candidate(longFactors, 0, 1.125)))), List.of());
    }

    private static Path frozen(String name) {
        try {
            return Path.of(GgufFormatTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static GgufFormat format(String model) {
        return new GgufFormat(frozen(model), LlamaTables.LONG_ONLY);
    }

    @Test
    void onePartOfAModelIsNoModel() throws IOException {
        var whole = frozen("llama.gguf");
        var part = directory.resolve("m-00001-of-00002.gguf");
        new GgufPatch().set("split.count", 2).write(GgufReader.read(whole), part);

        var format = new GgufFormat(part, LlamaTables.LONG_ONLY);
        assertThatThrownBy(() -> format.write(table(GEOMETRY, LONG, SHORT), directory.resolve("exported.gguf")))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("split.count must be 1: the whole model in one file, but was 2 parts; join them first");
        assertThatThrownBy(() -> format.read(part)).isInstanceOf(BadInput.class).hasMessageContaining("split.count");
        assertThat(directory.resolve("exported.gguf")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "phi3"})
    void theExportedFileIsTheOneTheGgufPackageWrites(String architecture) throws IOException {
        var target = directory.resolve("exported.gguf");
        var notes = format(architecture + ".gguf").write(table(GEOMETRY, LONG, SHORT), target);
        assertThat(target).hasSameBinaryContentAs(frozen(architecture + "-exported.gguf"));
        assertThat(notes).anySatisfy(note -> assertThat(note).startsWith("llama.cpp "));
    }

    @Test
    void tablesAreReadAsLlamaCppAppliesThem() throws IOException {
        var phi = format("phi3.gguf").read(frozen("phi3-exported.gguf"));
        assertThat(phi.geometry()).isEqualTo(GEOMETRY);
        assertThat(phi.model()).isEqualTo("a small model");
        assertThat(phi.forLength(256)).isEqualTo(new Candidate(SHORT, 0, 1.125));
        assertThat(phi.forLength(257)).isEqualTo(new Candidate(RescaleFactors.of(1, 1.5, 3.25, 8.1f), 0, 1.125));
        var llama = format("llama.gguf").read(frozen("llama-exported.gguf"));
        assertThat(llama.forLength(100)).isEqualTo(llama.forLength(2048)).isEqualTo(phi.forLength(2048));
        assertThat(format("llama.gguf").read(frozen("llama.gguf")).forLength(256).factors()).isEqualTo(RescaleFactors.of(1, 1, 2, 4));
    }

    @Test
    void aLlamaFileCanHoldBothTablesForNewBuilds() throws IOException {
        var target = directory.resolve("both.gguf");
        var notes = new GgufFormat(frozen("llama.gguf"), LlamaTables.SHORT_AND_LONG).write(table(GEOMETRY, LONG, SHORT), target);
        assertThat(format("llama.gguf").read(target).forLength(256).factors()).isEqualTo(SHORT);
        assertThat(GgufReader.read(target).tensors()).doesNotContainKey("rope_freqs.weight");
        assertThat(GgufReader.read(target).text("llama.rope.scaling.type")).contains("longrope");
        assertThat(notes).anySatisfy(note -> assertThat(note).contains("builds before 2026"));
    }

    @Property(tries = 30)
    void factorsSurviveWithinFloat32(@ForAll @DoubleRange(min = 0.01, max = 1e6) double factor) throws IOException {
        var target = Files.createTempFile("table", ".gguf");
        format("phi3.gguf").write(table(GEOMETRY, RescaleFactors.of(factor, 2, Double.POSITIVE_INFINITY, 3), SHORT), target);
        var read = format("phi3.gguf").read(target).forLength(2048).factors();
        assertThat(read).isEqualTo(RescaleFactors.of((float) factor, 2, Double.POSITIVE_INFINITY, 3));
        assertThat(GgufReader.read(target).factors("rope_factors_long.weight", 4).orElseThrow()[2]).isEqualTo(1e30f);
        Files.delete(target);
    }

    @Test
    void modelsTheTableDoesNotFitAreRefused() {
        assertRefused("qwen2.gguf", table(GEOMETRY, LONG, SHORT), "general.architecture must be one that llama.cpp gives tables to");
        assertRefused("llama.gguf", table(new RopeGeometry(6, 10_000, 256), RescaleFactors.of(1, 2, 3), RescaleFactors.identity(3)),
                "llama.rope.dimension_count must be the table's rotary dimension, 6, but was 8");
        assertRefused("llama.gguf", table(new RopeGeometry(8, 500_000, 256), LONG, SHORT), "llama.rope.freq_base must be the table's base");
        assertRefused("llama.gguf", table(GEOMETRY, RescaleFactors.of(1, 1, 1, 1e300), SHORT), "factor 3 must fit float32");
        assertThatThrownBy(() -> format("qwen2.gguf").read(frozen("qwen2.gguf"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("tensors must have rope_freqs.weight");
    }

    private void assertRefused(String model, FactorTable table, String message) {
        assertThatThrownBy(() -> format(model).write(table, directory.resolve("exported.gguf"))).isInstanceOf(BadInput.class)
                .hasMessageContaining(message);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void filesThatAreNotWhatTheySayAreRefused() throws IOException {
        var good = Files.readAllBytes(frozen("phi3-exported.gguf"));
        assertBroken(new byte[0], "must begin with GGUF");
        assertBroken("GGML and more".getBytes(StandardCharsets.US_ASCII), "must begin with GGUF");
        assertBroken(with(good, 4, 4), "GGUF version must be 2 or 3, little-endian, but was 4");
        assertBroken(with(good, 4, 3 << 24), "GGUF version must be 2 or 3");
        assertBroken(with(good, 12, 0x7fff_ffff), "the number of tensors must fit the file");
        assertBroken(with(good, 20, 0x7fff_ffff), "the number of metadata entries must fit the file");
        assertBroken(Arrays.copyOf(good, good.length / 2), "must hold everything its header promises", "must lie inside the file");
        assertBroken(Arrays.copyOf(good, good.length - 100), "must lie inside the file");
        assertBroken(renamed(good, "test.f64", "test.i16"), "test.i16 must be given once, but was twice");
        assertBroken(renamed(good, "rope_factors_short", "rope_factors_shirt"), "must have rope_factors_short.weight beside");
        assertBroken(renamed(good, "blk.0.attn_q.weight", "blk.0.ffn_up.weight"), "blk.0.ffn_up.weight must be given once");
    }

    @Property(tries = 500)
    void noDamageMakesReadingCrashOrHang(@ForAll @IntRange(max = 1 << 20) int place, @ForAll byte value) throws IOException {
        var bytes = Files.readAllBytes(frozen("phi3-exported.gguf"));
        bytes[place % (int) GgufReader.read(frozen("phi3-exported.gguf")).dataStart()] = value;
        var file = Files.createTempFile("damaged", ".gguf");
        Files.write(file, bytes);
        try {
            assertThatCode(() -> {
                try {
                    format("phi3.gguf").read(file);
                } catch (BadInput e) {
                    assertThat(e).hasMessageStartingWith(file.toString());
                }
            }).doesNotThrowAnyException();
        } finally {
            Files.delete(file);
        }
    }

    private void assertBroken(byte[] bytes, String... messages) throws IOException {
        var file = Files.write(directory.resolve("broken.gguf"), bytes);
        assertThatThrownBy(() -> format("phi3.gguf").read(file)).isInstanceOf(BadInput.class).hasMessageStartingWith(file.toString())
                .satisfies(thrown -> assertThat(messages).anySatisfy(message -> assertThat(thrown).hasMessageContaining(message)));
    }

    private static byte[] with(byte[] file, int at, int value) {
        var copy = file.clone();
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return copy;
    }

    private static byte[] renamed(byte[] file, String from, String to) {
        return new String(file, StandardCharsets.ISO_8859_1).replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }
}
