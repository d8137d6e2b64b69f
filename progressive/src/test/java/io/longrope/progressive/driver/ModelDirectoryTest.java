package io.longrope.progressive.driver;

import io.longrope.progressive.plan.JobPlan.ModelCopy;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** A checkpoint as a hub cache holds it: its files are links into a store of blobs. */
class ModelDirectoryTest {

    private static final FactorTable TABLE = new FactorTable("base", new RopeGeometry(4, 10_000, 256),
            List.of(TableEntry.of(1024, Measured.unmeasured(new Candidate(RescaleFactors.of(1, 4), 0, 1)))), List.of());

    @TempDir
    private Path directory;
    private Path snapshot;
    private Path blob;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        blob = Files.createDirectories(directory.resolve("blobs")).resolve("abc");
        try (var file = new RandomAccessFile(blob.toFile(), "rw")) {
            file.setLength(1 << 24);
        }
        snapshot = Files.createDirectories(directory.resolve("snapshots/one"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/abc"));
        Files.writeString(snapshot.resolve("tokenizer.json"), "{}");
        Files.writeString(snapshot.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "head_dim": 4, "rope_theta": 10000.0,
                        "max_position_embeddings": 256}""");
    }

    @Test
    void aCopyIsSelfContainedAndChangingItLeavesTheUsersFilesAlone() throws IOException {
        write(Optional.empty());
        write(Optional.of(ModelCopy.COPY));
        var weights = directory.resolve("model/model.safetensors");
        assertThat(weights).isRegularFile().hasSize(1 << 24).satisfies(file -> assertThat(Files.isSymbolicLink(file)).isFalse());
        Files.writeString(weights, "edited");
        assertThat(blob).hasSize(1 << 24);
        assertThat(directory.resolve("model/config.json")).content().contains("\"longrope\"");
        assertThat(directory.resolve("model").resolve(ModelDirectory.REFERENCES)).doesNotExist();
    }

    @Test
    void aReferenceSaysPlainlyWhereTheWeightsAreAndLeavesNoLink() throws IOException {
        write(Optional.of(ModelCopy.COPY));
        write(Optional.of(ModelCopy.REFER));
        assertThat(directory.resolve("model/model.safetensors")).doesNotExist();
        assertThat(directory.resolve("model/tokenizer.json")).exists();
        assertThat(directory.resolve("model").resolve(ModelDirectory.REFERENCES)).content().contains(blob.toRealPath().toString());
    }

    @Test
    void whatTheJobTrainedIsNotCopiedAgain() throws IOException {
        new ModelDirectory(snapshot, directory.resolve("model")).write(TABLE, true, Optional.of(ModelCopy.REFER));
        assertThat(Files.isSameFile(directory.resolve("model/tokenizer.json"), snapshot.resolve("tokenizer.json"))).isTrue();
    }

    private void write(Optional<ModelCopy> choice) throws IOException {
        new ModelDirectory(snapshot, directory.resolve("model")).write(TABLE, false, choice);
    }
}
