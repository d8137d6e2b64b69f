package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** On a checkpoint as a hub cache holds it. */
class CheckpointFilesTest {

    @TempDir
    private Path directory;
    private Path cache;
    private Path snapshot;
    private Path blob;
    private Path run;

    @BeforeEach
    void makeCache() throws IOException {
        cache = Files.createDirectories(directory.resolve("cache"));
        snapshot = Files.createDirectories(cache.resolve("models--a--b/snapshots/main"));
        blob = Files.writeString(Files.createDirectories(cache.resolve("models--a--b/blobs")).resolve("abc"), "weights");
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), Path.of("../../blobs/abc"));
        Files.writeString(snapshot.resolve("config.json"), "{}");
        run = Files.createDirectories(directory.resolve("run/model"));
    }

    @Test
    void aCopyHoldsTheFilesTheLinksLeadToAndSharesNothingWithThem() throws IOException {
        place(ModelCopy.COPY);

        var copy = run.resolve("model.safetensors");
        assertThat(Files.isRegularFile(copy, LinkOption.NOFOLLOW_LINKS)).isTrue();
        Files.writeString(copy, "edited");
        assertThat(blob).hasContent("weights");
        assertThat(run.resolve(CheckpointFiles.REFERS_TO)).doesNotExist();
    }

    @Test
    void aPlainFileOfTheUserIsNotLinkedEither() throws IOException {
        Files.delete(snapshot.resolve("model.safetensors"));
        var plain = Files.writeString(snapshot.resolve("model.safetensors"), "weights");

        place(ModelCopy.COPY);

        Files.writeString(run.resolve("model.safetensors"), "edited");
        assertThat(plain).hasContent("weights");
    }

    @Test
    void aReferenceSaysWhatItRefersTo() throws IOException {
        place(ModelCopy.REFER);

        assertThat(Files.readSymbolicLink(run.resolve("model.safetensors"))).isEqualTo(blob.toRealPath());
        assertThat(run.resolve(CheckpointFiles.REFERS_TO)).content().contains("model.safetensors -> " + blob.toRealPath());
    }

    @Test
    void linksThatStayBelowTheRootAreFollowed() {
        assertThatCode(() -> CheckpointFiles.requireBelow(cache, "--models", snapshot)).doesNotThrowAnyException();
    }

    @Test
    void linksThatLeaveTheRootOrLeadNowhereAreAllNamed() throws IOException {
        Files.createSymbolicLink(snapshot.resolve("tokenizer.json"), Path.of("../../blobs/gone"));

        assertThatThrownBy(() -> CheckpointFiles.requireBelow(cache.resolve("models--a--b/snapshots"), "--models", snapshot))
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("model.safetensors must lead to a file below --models")
                .hasMessageContaining(blob.toRealPath().toString())
                .hasMessageContaining("tokenizer.json must lead to a file, but was a link to ../../blobs/gone, which is missing");
    }

    private void place(ModelCopy how) throws IOException {
        CheckpointFiles.place(snapshot, run, directory.resolve("run"), how, name -> !name.equals("config.json"));
    }
}
