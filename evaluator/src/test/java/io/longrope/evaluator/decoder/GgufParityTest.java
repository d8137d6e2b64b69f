package io.longrope.evaluator.decoder;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * GGUF files of every architecture, made by src/test/scripts/freeze_gguf_models.py with the Python package gguf: they lose what
 * transformers lost on the weights they were made of. The script found that llama.cpp does so too.
 */
class GgufParityTest {

    private static final int FILES = 11;
    private static final String RESOURCES = "/io/longrope/evaluator/";

    @TempDir
    private Path directory;

    static List<Path> files() throws IOException, URISyntaxException {
        try (var files = Files.list(resource("gguf"))) {
            var models = files.filter(file -> file.toString().endsWith(".gguf")).sorted().toList();
            assertThat(models).hasSize(FILES);
            return models;
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileLosesWhatItsDirectoryLoses(Path file) throws URISyntaxException {
        var golden = new Golden(resource("families/" + file.getFileName().toString().replace(".gguf", ".json")));

        var ofFile = losses(Checkpoint.open(file), golden);
        var ofDirectory = losses(golden.checkpoint(directory), golden);

        assertThat(ofFile).hasSameSizeAs(golden.losses());
        for (int i = 0; i < ofFile.length; i++) {
            assertThat((double) ofFile[i]).as("token %d", i + 1).isCloseTo(golden.losses()[i], within(1e-4));
        }
        double perplexity = Math.exp(mean(ofDirectory));
        assertThat(Math.exp(mean(ofFile))).isCloseTo(perplexity, within(1e-6 * perplexity));
    }

    private static float[] losses(Checkpoint checkpoint, Golden golden) {
        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32))) {
            return decoder.losses(golden.tokens(), golden.candidate(checkpoint));
        }
    }

    private static double mean(float[] losses) {
        return IntStream.range(0, losses.length).mapToDouble(i -> losses[i]).average().orElseThrow();
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(GgufParityTest.class.getResource(RESOURCES + name).toURI());
    }
}
