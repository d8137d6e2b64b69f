package io.longrope.evaluator.text;

import com.github.luben.zstd.ZstdOutputStream;
import io.longrope.search.problem.BadInput;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which files are texts, and which are refused. */
class TextFormatsTest extends TextScene {

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
    void aTextIsNamedAsPeopleTypeIt() throws IOException {
        Files.writeString(texts.resolve("a.txt"), "a");
        for (var name : List.of("./texts/a.txt", "texts/../texts/a.txt", "texts/./a.txt", "./texts", "texts/", "./texts/*.txt")) {
            assertThat(documents(name)).as(name).containsExactly("a");
        }
        for (var name : List.of(".", "texts/../..", "texts/../../x", "/texts")) {
            assertThatThrownBy(() -> documents(name)).as(name).isInstanceOf(BadInput.class).hasMessageContaining("must be a plain path");
        }
        var absolute = directory.toRealPath().resolve("texts/a.txt").toString();
        assertThatThrownBy(() -> documents(absolute)).isInstanceOf(BadInput.class)
                .hasMessageContaining("give it from --data on: texts/a.txt");
    }

    @Test
    void aFileThatIsNoTextIsToldWhatItIs() throws IOException {
        var lines = bytes("{\"text\":\"one\"}\n");
        Files.write(texts.resolve("a.jsonl"), gzip(lines));
        assertThatThrownBy(() -> documents("texts/a.jsonl")).isInstanceOf(BadInput.class).hasMessageContaining("let its name end in .gz");
        Files.write(texts.resolve("a.jsonl"), zstd(lines));
        assertThatThrownBy(() -> documents("texts/a.jsonl")).isInstanceOf(BadInput.class).hasMessageContaining("let its name end in .zst");
        Files.write(texts.resolve("a.jsonl"), "\ufeffone".getBytes(StandardCharsets.UTF_16LE));
        assertThatThrownBy(() -> documents("texts/a.jsonl")).isInstanceOf(BadInput.class).hasMessageContaining("it is UTF-16");
        Files.writeString(texts.resolve("a.jsonl"), "{\"content\":\"one\",\"id\":3}");
        assertThatThrownBy(() -> documents("texts/a.jsonl")).isInstanceOf(BadInput.class)
                .hasMessageContaining("but was one with content, id");
        Files.writeString(texts.resolve("a.jsonl"), "[{\"text\":\"one\"}]");
        assertThatThrownBy(() -> documents("texts/a.jsonl")).isInstanceOf(BadInput.class)
                .hasMessageContaining("but was a list; give each document a line of its own");
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

    @Test
    void whatAPatternCannotMatchDoesNotConcernIt(@TempDir Path outside) throws IOException {
        Files.writeString(texts.resolve("a.txt"), "a");
        Files.writeString(Files.createDirectory(texts.resolve("deep")).resolve("b.txt"), "b");
        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(texts.resolve("notes.md"), outside.resolve("secret.txt"));
        Files.createSymbolicLink(texts.resolve("out"), outside);
        Files.createSymbolicLink(texts.resolve("deep/out"), outside);
        Files.createSymbolicLink(texts.resolve("round"), Path.of("round"));

        assertThat(documents("texts/*.txt")).containsExactly("a");
        assertThat(documents("texts/d*/*.txt")).containsExactly("b");
        assertThat(documents("texts/[a-c].{txt,md}")).containsExactly("a");
        assertThat(read(tokens(texts.resolve("*.txt")))).containsExactly("a");
        for (var pattern : List.of("texts/*/*.txt", "texts/**.txt", "texts/o{ut,n}/*", "texts/*.md")) {
            assertThatThrownBy(() -> documents(pattern)).as(pattern).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must lie below " + directory.toRealPath() + ", but was a link to " + outside.toRealPath());
        }
    }

    @Test
    void theNamesBeforeAWildCardLeadNowhereElseEither(@TempDir Path outside) throws IOException {
        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(texts.resolve("out"), outside);

        assertThatThrownBy(() -> documents("texts/out/*.txt")).isInstanceOf(BadInput.class)
                .hasMessageContaining("texts/out must lie below " + directory.toRealPath() + ", but was a link to " + outside.toRealPath());
        assertThatThrownBy(() -> documents("texts/out/secret.txt")).isInstanceOf(BadInput.class)
                .hasMessageContaining("but was by a link on the way at " + outside.toRealPath().resolve("secret.txt"));
        assertThat(read(tokens(texts.resolve("out/*.txt")))).as("the user names the place himself").containsExactly("secret");
    }

    @Test
    void aLinkToNothingIsCalledOne() throws IOException {
        Files.createSymbolicLink(texts.resolve("gone.txt"), Path.of("none"));
        Files.createSymbolicLink(texts.resolve("round.txt"), Path.of("round.txt"));

        assertThatThrownBy(() -> documents("texts/gone.txt")).isInstanceOf(BadInput.class)
                .hasMessageContaining("gone.txt must lead to what lies below --data, but was a link to none, which is missing; mend");
        assertThatThrownBy(() -> documents("texts/round.txt")).isInstanceOf(BadInput.class)
                .hasMessageContaining("but was a link to round.txt, which leads back to it");
        assertThatThrownBy(() -> tokens(texts.resolve("gone.txt"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("but was a link to none, which is missing");
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
