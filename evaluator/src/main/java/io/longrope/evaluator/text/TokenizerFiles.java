package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a checkpoint says of its tokenizer, wherever it keeps it. */
public interface TokenizerFiles {

    /** For messages. */
    String place();

    boolean exists();

    /**
     * The content of tokenizer.json.
     *
     * @throws BadInput when there is none, or it cannot be read
     */
    String json();

    /** tokenizer_config.json, where there is one. */
    Optional<Path> settings();

    /** The model's config.json, where there is one. */
    Optional<Path> config();

    /** Those of a Hugging Face directory. */
    static TokenizerFiles in(Path directory) {
        return of(directory.resolve("tokenizer.json"));
    }

    /** @param file in place of tokenizer.json */
    static TokenizerFiles of(Path file) {
        return new TokenizerFiles() {

            @Override
            public String place() {
                return file.toString();
            }

            @Override
            public boolean exists() {
                return Files.exists(file);
            }

            @Override
            public String json() {
                try {
                    return Files.readString(file, StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new BadInput(new Problem(file.toString(), "must be a readable tokenizer",
                            exists() ? Obstacle.of(e) : "missing", ""), e);
                }
            }

            @Override
            public Optional<Path> settings() {
                return beside("tokenizer_config.json");
            }

            @Override
            public Optional<Path> config() {
                return beside("config.json");
            }

            private Optional<Path> beside(String name) {
                return Optional.of(file.resolveSibling(name)).filter(Files::exists);
            }
        };
    }
}
