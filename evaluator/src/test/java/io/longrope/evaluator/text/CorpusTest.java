package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CorpusTest {

    @TempDir
    Path directory;
    private Tokenizer tokenizer;

    @BeforeEach
    void writeTokenizer() throws IOException {
        var checkpoint = Files.createDirectory(directory.resolve("checkpoint"));
        Files.writeString(checkpoint.resolve("tokenizer.json"), ByteLevelTokenizer.tokenizerJson());
        tokenizer = Tokenizer.of(checkpoint, ByteLevelTokenizer.VOCAB_SIZE);
    }

    @Test
    void joinsTheSourcesOfAnArchiveInPathOrderWithoutLicences() throws IOException {
        var jar = archive("some-sources.jar", Map.of(
                "b/B.java", "// Copyright someone\n// more\n\npackage b;\nclass B {}\n",
                "a/A.java", "/*\n * Licensed to you\n */\n/* (c) Copyright */\npackage a;\n/** License of A */class A {}\n",
                "a/package-info.java", "/** About a. */\npackage a;\n",
                "META-INF/LICENSE", "not a source"));

        assertThat(text(jar)).isEqualTo("package a;\n/** License of A */class A {}\n/** About a. */\npackage a;\npackage b;\nclass B {}\n");
        assertThat(tokens(jar).documents()).isEqualTo(1);
    }

    @Test
    void readsADirectoryInPathOrder() throws IOException {
        var texts = Files.createDirectories(directory.resolve("texts/deep"));
        Files.writeString(texts.resolveSibling("z.txt"), "\ufefflast");
        Files.writeString(texts.resolve("a.md"), "first");
        Files.writeString(texts.resolveSibling(".hidden"), "hidden");
        Files.writeString(texts.resolveSibling("m.jsonl"), "{\"text\":\"second\",\"source\":1}\n\n{\"tokens\":[65,66,257]}\n");
        Files.createSymbolicLink(texts.resolve("link.txt"), texts.resolve("a.md"));

        assertThat(tokens(directory.resolve("texts")).documents()).isEqualTo(5);
        assertThat(text(directory.resolve("texts"))).isEqualTo("firstfirstsecondAB<|endoftext|>last");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'text':1} | x.jsonl:1 must be an object with a text string or a tokens list",
            "[] | x.jsonl:1 must be an object with a text string or a tokens list",
            "{'text':'a'}{ | x.jsonl:1 must be a line of JSON",
            "{'tokens':['a']} | x.jsonl:1 must have token ids as tokens",
            "{'tokens':[1,-1]} | must give token ids below the model's vocab_size = 258, but was -1",
            "{'text':'a','text':'b'} | x.jsonl:1 must be a line of JSON",
            "{'text':'a | x.jsonl:1 must be a line of JSON, but was a string without an end",
            "{'text':'\\x'} | x.jsonl:1 must be a line of JSON, but was an escape that JSON does not have",
            "{'tokens':[1,]} | x.jsonl:1 must have token ids as tokens, but was nothing between commas",
            "{'tokens':[1 | x.jsonl:1 must be a line of JSON, but was a list without an end",
            "{'tokens':[3000000000]} | x.jsonl:1 must have token ids as tokens, but was 3000000000",
            "{'tokens':[258]} | must give token ids below the model's vocab_size = 258, but was 258",
    })
    void refusesBrokenJsonLines(String line, String complaint) throws IOException {
        var file = Files.writeString(directory.resolve("x.jsonl"), line.replace('\'', '"'));

        assertThatThrownBy(() -> tokens(file)).isInstanceOf(BadInput.class).hasMessageContaining(complaint);
    }

    @Test
    void refusesWhatIsNoText() throws IOException {
        var latin = Files.write(directory.resolve("latin.txt"), "na\u00efve".getBytes(StandardCharsets.ISO_8859_1));
        var blank = Files.writeString(directory.resolve("blank.txt"), " \n");
        var noZip = Files.writeString(directory.resolve("a.jar"), "text");
        var noSources = archive("classes.jar", Map.of("A.class", "x"));
        var cut = Files.write(directory.resolve("cut.txt"), new byte[] {'a', (byte) 0xc3});

        assertThatThrownBy(() -> tokens(latin)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be UTF-8 text, but was byte 239 at offset 2");
        assertThatThrownBy(() -> tokens(cut)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be UTF-8 text, but was byte 195 at offset 1");
        assertThatThrownBy(() -> tokens(blank)).isInstanceOf(BadInput.class).hasMessageContaining("must hold text, but was empty");
        assertThatThrownBy(() -> tokens(noZip)).isInstanceOf(BadInput.class).hasMessageContaining("must be a whole zip file");
        assertThatThrownBy(() -> tokens(noSources)).isInstanceOf(BadInput.class).hasMessageContaining("must hold .java files");
        assertThatThrownBy(() -> tokens(directory.resolve("none"))).isInstanceOf(BadInput.class).hasMessageContaining("missing");
    }

    private String text(Path path) {
        var tokens = tokens(path);
        return tokenizer.decode(tokens.range(0, (int) tokens.length()));
    }

    private TokenFile tokens(Path path) {
        return TokenStore.at(directory.resolve("tokens")).tokens(Corpus.of(path), tokenizer);
    }

    private Path archive(String name, Map<String, String> files) throws IOException {
        var file = directory.resolve(name);
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var entry : new TreeMap<>(files).descendingMap().entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }
}
