package io.longrope.evaluator.gguf;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.gguf.GgufFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What llama.cpp itself makes of such a file is checked by progressive/src/test/scripts/check_llama_cpp.py. */
class GgufModelWriterTest {

    private static final Path MODEL = Path.of(System.getProperty("longrope.home"), "evaluator/models/java-1m");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(DataType.class)
    void theFileTakesATableAndGivesItBack(DataType type) throws IOException {
        var plain = directory.resolve("plain.gguf");
        new GgufModelWriter(Checkpoint.open(MODEL), type).write(plain);
        var factors = RescaleFactors.of(IntStream.range(0, 16).mapToDouble(i -> 1 + i / 4.0).toArray());
        var table = new FactorTable("java-1m", new RopeGeometry(32, 10_000, 256),
                List.of(TableEntry.of(2048, Measured.unmeasured(new Candidate(factors, 0, 1.5)))), List.of());
        var target = directory.resolve("extended.gguf");
        new GgufFormat(plain, GgufFormat.LlamaTables.LONG_ONLY).write(table, target);

        var read = new GgufFormat(target, GgufFormat.LlamaTables.LONG_ONLY).read(target);
        assertThat(read.geometry()).isEqualTo(table.geometry());
        assertThat(read.longest().length()).isEqualTo(2048);
        assertThat(read.longest().best().candidate()).isEqualTo(new Candidate(factors, 0, 1.5));
        assertThat(Files.size(plain)).isGreaterThan(type.bytes() * 1_000_000L);
    }

    @Test
    void queriesAreStoredAsNeighboursAndValuesAsTheyAre() throws IOException {
        var plain = directory.resolve("plain.gguf");
        var checkpoint = Checkpoint.open(MODEL);
        new GgufModelWriter(checkpoint, DataType.F32).write(plain);
        var query = checkpoint.tensor("model.layers.0.self_attn.q_proj.weight");
        // the second head: its rows 0, 16, 1, 17 of 32
        assertThat(position(plain, query.rows(32, 1).toFloats(), query.rows(48, 1).toFloats(), query.rows(33, 1).toFloats(),
                query.rows(49, 1).toFloats()))
                .isPositive();
        var value = checkpoint.tensor("model.layers.0.self_attn.v_proj.weight");
        assertThat(position(plain, value.rows(0, 1).toFloats(), value.rows(1, 1).toFloats())).isPositive();
    }

    @Test
    void whatArchitectureLlamaDoesNotHoldIsRefused() throws IOException {
        var whole = new ModelConfig("llama", 258, 8, 8, 1, 1, 1, 8, new RopeGeometry(8, 10_000, 64), Optional.empty(), 64, 1e-5, true,
                AttentionBias.NONE, OptionalInt.empty(), OptionalInt.empty());
        var pieces = model("pieces", whole, Map.of("tokenizer.json", "{\"model\": {\"type\": \"BPE\", \"byte_fallback\": true}}"));
        assertThatThrownBy(() -> new GgufModelWriter(pieces, DataType.F32).write(directory.resolve("no.gguf"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must have a token for each byte").hasMessageContaining("none for 0");
        assertThat(directory.resolve("no.gguf")).doesNotExist();
    }

    @Test
    void aSentencePieceVocabularyIsScoredByRankAndOthersWithByteFallbackAreRefused() throws IOException {
        var config = new ModelConfig("llama", 702, 8, 8, 1, 1, 1, 8, new RopeGeometry(8, 10_000, 64), Optional.empty(), 64, 1e-5, true,
                AttentionBias.NONE, OptionalInt.of(1), OptionalInt.of(2));
        var vocabulary = GgufVocabulary.read(tokenizer("sentencepiece"), config);
        assertThat(vocabulary.types()).startsWith(2, 3, 3, 6).endsWith(5, 5);
        var merging = (SentencePieceMerging) vocabulary.merging();
        assertThat(merging.spacePrefix()).isTrue();
        assertThat(merging.unknown()).isZero();
        var made = IntStream.range(0, 700).filter(id -> merging.scores()[id] < 0).toArray();
        assertThat(made.length).isGreaterThan(300);
        for (int i = 1; i < made.length; i++) {
            assertThat(merging.scores()[made[i]]).isLessThan(merging.scores()[made[i - 1]]);
            assertThat(vocabulary.tokens().get(made[i]).codePointCount(0, vocabulary.tokens().get(made[i]).length())).isGreaterThan(1);
        }
        assertThatThrownBy(() -> GgufVocabulary.read(tokenizer("prepended"), config)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must merge as a SentencePiece model does").hasMessageContaining("not merged to");
        assertThatThrownBy(() -> GgufVocabulary.read(tokenizer("metaspace-first"), config)).isInstanceOf(BadInput.class);
    }

    private static Path tokenizer(String name) {
        return Path.of(System.getProperty("longrope.home"), "evaluator/src/test/resources/io/longrope/evaluator/tokenizers",
                name + ".json");
    }

    private Checkpoint model(String name, ModelConfig config, Map<String, String> files) throws IOException {
        CheckpointWriter.write(directory.resolve(name), config, DataType.F32,
                List.of(new SafetensorsWriter.Source("model.norm.weight", new long[] {8}, () -> new float[8])), files);
        return Checkpoint.open(directory.resolve(name));
    }

    /** Where rows follow each other in the file, as float32; -1 when they do not. */
    private static int position(Path file, float[]... rows) throws IOException {
        var wanted = ByteBuffer.allocate(4 * rows.length * rows[0].length).order(ByteOrder.LITTLE_ENDIAN);
        for (var row : rows) {
            for (float value : row) {
                wanted.putFloat(value);
            }
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .indexOf(new String(wanted.array(), StandardCharsets.ISO_8859_1));
    }
}
