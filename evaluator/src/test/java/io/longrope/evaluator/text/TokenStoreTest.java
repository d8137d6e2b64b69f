package io.longrope.evaluator.text;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Texts are tokenized once; what was begun goes on, and what is there is found again. */
class TokenStoreTest extends TextScene {

    /** Many threads, many pieces: the ids are those of each text tokenized whole, and stops change no byte of the file. */
    @Test
    void aHomeWithoutAPathHoldsNoTokens(@TempDir Path temporary) {
        assertThat(TokenStore.ofUser(Map.of(), Path.of("?"), temporary).directory()).isEqualTo(temporary.resolve("longrope-?/tokens"));
        assertThat(Path.of("?")).doesNotExist();
    }

    @Test
    void goesOnWhereItWasStopped() throws IOException {
        var lines = new StringBuilder();
        var expected = new ArrayList<String>();
        for (int i = 0; i < 400; i++) {
            var text = ("line " + i + " of some text 🎉\n").repeat(i % 7 * 600);
            expected.add(text);
            lines.append("{\"text\":").append(Json.write(text)).append("}\n");
        }
        var corpus = Corpus.of(Files.writeString(texts.resolve("a.jsonl"), lines));
        var undisturbed = TokenStore.at(directory.resolve("undisturbed"));
        try (var tokenizer = new Tokenizer(TokenizerFiles.in(directory), ByteLevelTokenizer.VOCAB_SIZE, 10_007)) {
            assertThat(read(undisturbed.tokens(corpus, tokenizer))).isEqualTo(expected);
            long finished = 0;
            for (int stop = 1; stop <= 2; stop++) {
                long until = (stop + 2L) << 22;
                assertThatThrownBy(() -> store.tellingOf((text, read, total) -> {
                    if (read >= until && read < total) {
                        throw new IllegalStateException("power cut");
                    }
                }).tokens(corpus, tokenizer)).hasMessage("power cut");
                assertThat(Files.size(only(store, ".pieces"))).isGreaterThan(finished);
                finished = Files.size(only(store, ".pieces"));
            }
            store.tokens(corpus, tokenizer);
        }
        assertThat(only(store, ".tokens")).hasSameBinaryContentAs(only(undisturbed, ".tokens"));
        try (var left = Files.list(store.directory())) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.endsWith(".tokens") || name.equals("sources"));
        }
    }

    @Test
    void anInterruptIsNoFailure() throws IOException {
        var corpus = Corpus.of(Files.writeString(texts.resolve("a.txt"), "text"));
        Thread.currentThread().interrupt();
        try (var tokenizer = tokenizer()) {
            assertThatThrownBy(() -> store.tokens(corpus, tokenizer)).isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void findsATextAgainByItsContent() throws IOException {
        var first = Files.writeString(texts.resolve("a.txt"), "a text");
        var second = Files.writeString(directory.resolve("b.md"), "a text");

        var fingerprint = tokens(first).fingerprint();
        assertThat(tokens(second).fingerprint()).isEqualTo(fingerprint);
        assertThat(only(store, ".tokens")).exists();
        Files.writeString(first, "b text");
        assertThat(tokens(first).fingerprint()).isNotEqualTo(fingerprint);
        assertThat(store.fingerprint(Corpus.of(first))).isNotEqualTo(store.fingerprint(Corpus.of(second)));
    }

    @Test
    void whatNobodyOpenedForLongIsRemovedAndMadeAnew() throws IOException {
        var rare = Files.writeString(texts.resolve("rare.txt"), "rare");
        var usual = Files.writeString(texts.resolve("usual.txt"), "usual");
        tokens(rare);
        tokens(usual);
        var longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        var files = tokenFiles();
        assertThat(files).hasSize(2);
        for (var file : files) {
            Files.setLastModifiedTime(file, longAgo);
        }
        tokens(usual);
        assertThat(store.removeUnused(Duration.ofDays(1))).isEqualTo(1);
        assertThat(tokenFiles()).hasSize(1);
        tokens(rare);
        assertThat(tokenFiles()).hasSize(2);
        assertThat(TokenStore.at(directory.resolve("none")).removeUnused(Duration.ZERO)).isZero();
        assertThat(directory.resolve("store")).as("the look at the clock").isDirectoryNotContaining("glob:**/.now*");
    }

    private List<Path> tokenFiles() throws IOException {
        try (var files = Files.list(store.directory())) {
            return files.filter(file -> file.toString().endsWith(".tokens")).toList();
        }
    }

    @Test
    void anotherVocabularyIsChecked() throws IOException {
        var file = Files.writeString(texts.resolve("a.txt"), "a text z");
        tokens(file);

        try (var narrow = Tokenizer.of(directory, 100); var wide = Tokenizer.of(directory, 100_000)) {
            assertThatThrownBy(() -> store.tokens(Corpus.of(file), narrow)).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must give token ids below the model's vocab_size = 100, but was 122");
            assertThat(read(store.tokens(Corpus.of(file), wide))).containsExactly("a text z");
        }
    }

    /** The time of change stands for the content of a large file; one that has just been changed is read again. */
    @Test
    void remembersALargeFileOnceItHasSettled() throws IOException {
        var file = Files.write(texts.resolve("a.txt"), new byte[1 << 24]);
        store.fingerprint(Corpus.of(file));
        assertThat(store.directory().resolve("sources")).isEmptyDirectory();

        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        var fingerprint = store.fingerprint(Corpus.of(file));
        try (var notes = Files.list(store.directory().resolve("sources"))) {
            var note = notes.toList();
            assertThat(note).hasSize(1);
            Files.writeString(note.get(0), Files.readString(note.get(0)).replaceAll("[0-9a-f]{64}\n", "kept\n"));
        }
        assertThat(store.fingerprint(Corpus.of(file))).isNotEqualTo(fingerprint);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(50)));
        assertThat(store.fingerprint(Corpus.of(file))).isEqualTo(fingerprint);
    }

    @Test
    void refusesATextThatChangesWhileItIsRead() throws IOException {
        var file = Files.writeString(texts.resolve("a.txt"), "x".repeat(1 << 23));

        try (var tokenizer = tokenizer()) {
            assertThatThrownBy(() -> store.tellingOf((text, read, total) -> append(file)).tokens(Corpus.of(file), tokenizer))
                    .isInstanceOf(BadInput.class)
                    .hasMessageContaining("must stay as it is while it is read");
        }
    }

    @Test
    void aHomeThatCannotBeWrittenIsNoObstacle() throws IOException {
        var home = Files.createDirectory(directory.resolve("someone"));
        assertThat(TokenStore.ofUser(Map.of(), home, texts).directory()).isEqualTo(home.resolve(".cache/longrope/tokens"));
        assertThat(TokenStore.ofUser(Map.of("LONGROPE_CACHE", "/chosen"), home, texts).directory()).isEqualTo(Path.of("/chosen"));
        // no directory can be made below a file, whoever the user is
        var file = Files.writeString(directory.resolve("other"), "");
        var substitute = TokenStore.ofUser(Map.of(), file, texts);
        assertThat(substitute.directory()).isEqualTo(texts.resolve("longrope-other/tokens"));
        try (var tokenizer = tokenizer()) {
            var text = Files.writeString(directory.resolve("a.txt"), "a");
            assertThat(read(substitute.tokens(Corpus.of(text), tokenizer))).containsExactly("a");
            assertThatThrownBy(() -> TokenStore.at(file.resolve("x")).tokens(Corpus.of(text), tokenizer)).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must be a directory that token files can be written to").hasMessageContaining("--cache");
        }
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, "more", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path only(TokenStore store, String suffix) throws IOException {
        try (var files = Files.list(store.directory())) {
            var found = files.filter(file -> file.toString().endsWith(suffix)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }
}
