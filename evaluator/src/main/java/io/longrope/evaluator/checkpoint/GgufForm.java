package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.evaluator.checkpoint.internal.GgufConfig;
import io.longrope.evaluator.checkpoint.internal.GgufTokenizer;
import io.longrope.evaluator.text.TokenizerFiles;
import io.longrope.search.table.gguf.GgufHeader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A GGUF file as a Hugging Face checkpoint: its metadata make a config.json and a tokenizer.json, its weights are dequantized when they
 * are read.
 */
record GgufForm(GgufHeader header) implements CheckpointForm {

    @Override
    public String configPlace() {
        return header.file().toString();
    }

    @Override
    public ObjectNode config() {
        return GgufConfig.of(header);
    }

    @Override
    public StoredTensors weights() {
        return new GgufTensors(header, GgufConfig.headDim(header));
    }

    @Override
    public boolean hasWeights() {
        return !header.tensors().isEmpty();
    }

    @Override
    public TokenizerFiles tokenizer() {
        return new TokenizerFiles() {

            @Override
            public String place() {
                return header.file().toString();
            }

            @Override
            public boolean exists() {
                return GgufTokenizer.isIn(header);
            }

            @Override
            public String json() {
                return GgufTokenizer.json(header);
            }

            @Override
            public Optional<Path> settings() {
                return Optional.empty();
            }

            @Override
            public Optional<Path> config() {
                return Optional.empty();
            }
        };
    }

    @Override
    public void writeTokenizer(Path directory) throws IOException {
        if (tokenizer().exists() && !Files.exists(directory.resolve("tokenizer.json"))) {
            Files.writeString(directory.resolve("tokenizer.json"), GgufTokenizer.json(header));
            Files.writeString(directory.resolve("tokenizer_config.json"), GgufTokenizer.settings(header));
        }
    }

    /** There is nothing to refer to: the weights are written out, in the format they are read in. */
    @Override
    public void place(Path directory, Path own, ModelCopy how) throws IOException {
        if (hasWeights()) {
            var weights = weights();
            var sources = weights.tensors().stream().map(SafetensorsWriter.Source::of).toList();
            SafetensorsWriter.write(directory.resolve("model.safetensors"), DataType.mostOf(weights.tensors()).orElseThrow(), sources);
        }
        writeTokenizer(directory);
    }
}
