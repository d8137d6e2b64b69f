package io.longrope.evaluator.text;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** Texts in a directory, a store for their tokens, and a tokenizer whose ids are bytes. */
abstract class TextScene {

    @TempDir
    Path directory;
    Path texts;
    TokenStore store;

    @BeforeEach
    void makePlaces() throws IOException {
        texts = Files.createDirectory(directory.resolve("texts"));
        store = TokenStore.at(directory.resolve("store"));
        for (var file : ByteLevelTokenizer.files().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
    }

    Tokenizer tokenizer() {
        return Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE);
    }

    List<String> documents(String text) {
        try (var tokenizer = tokenizer()) {
            return read(store.tokens(Corpus.below(Root.of(directory, "--data"), text), tokenizer));
        }
    }

    TokenFile tokens(Path path) {
        try (var tokenizer = tokenizer()) {
            return store.tokens(Corpus.of(path), tokenizer);
        }
    }

    /** Byte-level documents as text. */
    static List<String> read(TokenFile tokens) {
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
}
