package io.longrope.evaluator.text;

import com.github.luben.zstd.ZstdOutputStream;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenStoreTest {

    @TempDir
    Path directory;
    private Path texts;
    private TokenStore store;

    @BeforeEach
    void makePlaces() throws IOException {
        texts = Files.createDirectory(directory.resolve("texts"));
        store = TokenStore.at(directory.resolve("store"));
        for (var file : ByteLevelTokenizer.files().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
    }

    @Test
    void readsWhatIsCompressedOrPacked() throws IOException {
        var lines = bytes("{\"text\":\"one\"}\n{\"tokens\":[116,119,111]}\n");
        Files.write(texts.resolve("a.txt.gz"), gzip(bytes("zero")));
        Files.write(texts.resolve("b.jsonl.gz"), concat(gzip(lines), gzip(bytes("{\"text\":\"in a second member\"}"))));
        Files.write(texts.resolve("c.json.zst"), zstd(lines));
        Files.write(texts.resolve("d.tar"),
                tar(Map.of("x/1.txt", bytes("first"), "x/2.jsonl.gz", gzip(lines), "x/3.bin", new byte[] {-1})));
        Files.write(texts.resolve("e.tar.zst"), zstd(tar(Map.of("4.md", bytes("fourth")))));
        Files.write(texts.resolve("f.tgz"), gzip(tar(Map.of("5.txt", bytes("fifth")))));
        Files.write(texts.resolve("g.zip"), zip(Map.of("b.txt", bytes("later"), "a.jsonl", lines, "c.png", new byte[] {-1})));

        assertThat(documents("texts"))
                .containsExactly("zero", "one", "two", "in a second member", "one", "two", "first", "one", "two", "fourth", "fifth",
                "one", "two", "later");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "snappy", "gzip", "none"})
    void readsTextsOfParquet(String compression) throws Exception {
        parquet("text-" + compression);

        assertThat(documents("texts")).containsExactly("first", "", "Größe 世界 🎉", "last");
    }

    @ParameterizedTest
    @ValueSource(strings = {"input_ids", "tokens"})
    void readsTokensOfParquet(String column) throws Exception {
        parquet(column);

        assertThat(documents("texts")).containsExactly("\1\2\3", "\4", "\5\6");
    }

    @Test
    void saysWhichColumnsThereAre() throws Exception {
        parquet("other");
        var broken = Files.writeString(directory.resolve("broken.parquet"), "PAR1 no more");

        assertThatThrownBy(() -> tokens(texts)).isInstanceOf(BadInput.class)
                .hasMessageContaining("other.parquet must have a column text of strings,"
                + " or tokens or input_ids of lists of integers, but was columns content (binary), lang (binary)");
        assertThatThrownBy(() -> tokens(broken)).isInstanceOf(BadInput.class).hasMessageContaining("broken.parquet must be a Parquet file");
    }

    @Test
    void refusesWhatIsBrokenOrUnknown() throws IOException {
        var cut = gzip(bytes("a long enough text to be cut off in the middle of it"));
        var files = new TreeMap<String, byte[]>(Map.of("cut.txt.gz", Arrays.copyOf(cut, cut.length - 12), "cut.txt.zst",
                Arrays.copyOf(zstd(bytes("a text")), 9), "no.gz", bytes("plain"), "a.txt.xz", bytes("x"), "b.parquet.gz", gzip(bytes("x")),
                "none.tar", tar(Map.of("x.bin", bytes("x"))), "bad.tar", tar(Map.of("x.txt", new byte[] {'a', -1}))));
        var complaints = Map.of("cut.txt.gz", "must be a whole text gzip file", "cut.txt.zst", "must be ", "no.gz",
                "must be a whole text gzip file",
                "a.txt.xz", "but was a .xz file; convert it", "b.parquet.gz", "must be read at any place", "none.tar",
                "must hold files named .txt",
                "bad.tar", "bad.tar!x.txt must be UTF-8 text, but was byte 255 at offset 1");

        for (var file : files.entrySet()) {
            var path = Files.write(directory.resolve(file.getKey()), file.getValue());
            assertThatThrownBy(() -> tokens(path)).as(file.getKey()).isInstanceOf(BadInput.class)
                    .hasMessageContaining(complaints.get(file.getKey()));
        }
        try (var left = Files.list(store.directory())) {
            assertThat(left.filter(file -> file.toString().endsWith(".tokens"))).isEmpty();
        }
    }

    @Test
    void readsThePatternsFiles() throws IOException {
        Files.createDirectories(texts.resolve("deep/er"));
        Files.writeString(texts.resolve("b.jsonl"), "{\"text\":\"b\"}");
        Files.writeString(texts.resolve("a.jsonl"), "{\"text\":\"a\"}");
        Files.writeString(texts.resolve("c.txt"), "c");
        Files.writeString(texts.resolve("deep/er/d.jsonl"), "{\"text\":\"d\"}");
        Files.writeString(texts.resolve("odd[1].txt"), "odd");

        assertThat(documents("texts/*.jsonl")).containsExactly("a", "b");
        assertThat(documents("texts/**.{jsonl,txt}")).containsExactly("a", "b", "c", "d", "odd");
        assertThat(documents("texts/deep/**")).containsExactly("d");
        assertThat(documents("texts/odd[1].txt")).containsExactly("odd");
        assertThat(read(tokens(texts.resolve("?.jsonl")))).containsExactly("a", "b");
        assertThatThrownBy(() -> documents("texts/*.csv")).isInstanceOf(BadInput.class)
                .hasMessageContaining("texts/*.csv must match files below");
        assertThatThrownBy(() -> documents("../*")).isInstanceOf(BadInput.class).hasMessageContaining("must be a plain path below --data");
    }

    @Test
    void followsLinksBelowTheRootAndRefusesOthersByName(@TempDir Path outside) throws IOException {
        var inside = Files.createDirectories(directory.resolve("blobs"));
        Files.writeString(inside.resolve("0123"), "linked");
        Files.writeString(texts.resolve("a.txt"), "a");
        Files.createSymbolicLink(texts.resolve("b.txt"), Path.of("../blobs/0123"));
        Files.createSymbolicLink(texts.resolve("c"), Path.of("../blobs"));
        Files.createSymbolicLink(texts.resolve("nowhere.txt"), Path.of("none"));
        Files.createSymbolicLink(texts.resolve("round"), Path.of("../texts"));

        assertThat(documents("texts")).containsExactly("a", "linked", "linked");
        assertThatThrownBy(() -> tokens(texts)).as("named by the user: its own boundary").isInstanceOf(BadInput.class)
                .hasMessageContaining("b.txt must lie below " + texts.toRealPath()).hasMessageContaining("c must lie below");

        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(texts.resolve("d.txt"), outside.resolve("secret.txt"));
        Files.createSymbolicLink(texts.resolve("e"), outside);
        assertThatThrownBy(() -> documents("texts")).isInstanceOf(BadInput.class)
                .hasMessageContaining("d.txt must lie below " + directory.toRealPath() + ", but was a link to " + outside.toRealPath()
                .resolve("secret.txt"))
                .hasMessageContaining("e must lie below");
        assertThatThrownBy(() -> documents("texts/d*")).isInstanceOf(BadInput.class).hasMessageContaining("d.txt must lie below");
    }

    /** Many threads, many pieces: the ids are those of each text tokenized whole, and stops change no byte of the file. */
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
        assertThat(store.removeUnused(Instant.parse("2021-01-01T00:00:00Z"))).isEqualTo(1);
        assertThat(tokenFiles()).hasSize(1);
        tokens(rare);
        assertThat(tokenFiles()).hasSize(2);
        assertThat(TokenStore.at(directory.resolve("none")).removeUnused(Instant.MAX)).isZero();
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

    private Tokenizer tokenizer() {
        return Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE);
    }

    private List<String> documents(String text) {
        try (var tokenizer = tokenizer()) {
            return read(store.tokens(Corpus.below(Root.of(directory, "--data"), text), tokenizer));
        }
    }

    private TokenFile tokens(Path path) {
        try (var tokenizer = tokenizer()) {
            return store.tokens(Corpus.of(path), tokenizer);
        }
    }

    /** Byte-level documents as text. */
    private static List<String> read(TokenFile tokens) {
        return LongStream.range(0, tokens.documents()).mapToObj(document -> {
            long start = tokens.start(document);
            var ids = tokens.range(start, (int) (tokens.start(document + 1) - start));
            var bytes = new byte[ids.length];
            for (int i = 0; i < ids.length; i++) {
                bytes[i] = (byte) ids[i];
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }).toList();
    }

    private static Path only(TokenStore store, String suffix) throws IOException {
        try (var files = Files.list(store.directory())) {
            var found = files.filter(file -> file.toString().endsWith(suffix)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private void parquet(String name) throws Exception {
        var resource = Path.of(getClass().getResource("/io/longrope/evaluator/parquet/" + name + ".parquet").toURI());
        Files.copy(resource, texts.resolve(name + ".parquet"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private interface Packing {

        OutputStream around(OutputStream output) throws IOException;
    }

    private static byte[] packed(byte[] content, Packing packing) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var output = packing.around(bytes)) {
            output.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        return packed(content, GZIPOutputStream::new);
    }

    private static byte[] zstd(byte[] content) throws IOException {
        return packed(content, ZstdOutputStream::new);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        var both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] tar(Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var archive = new TarArchiveOutputStream(bytes)) {
            for (var file : new TreeMap<>(files).entrySet()) {
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                archive.putArchiveEntry(entry);
                archive.write(file.getValue());
                archive.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] zip(Map<String, byte[]> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var archive = new ZipOutputStream(bytes)) {
            for (var file : new TreeMap<>(files).descendingMap().entrySet()) {
                archive.putNextEntry(new ZipEntry(file.getKey()));
                archive.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }
}
