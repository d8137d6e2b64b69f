package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.evaluator.checkpoint.internal.ConfigFields;
import io.longrope.evaluator.checkpoint.internal.MissingConfig;
import io.longrope.evaluator.text.TokenizerFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A directory with config.json, safetensors and the files of a tokenizer. */
record HuggingFaceForm(Path directory) implements CheckpointForm {

    private static final List<String> TOKENIZER_FILES = List.of("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
            "tokenizer.model", "vocab.json", "merges.txt");

    @Override
    public String configPlace() {
        return directory.resolve("config.json").toString();
    }

    @Override
    public ObjectNode config() {
        var file = directory.resolve("config.json");
        if (!Files.exists(file)) {
            throw MissingConfig.in(directory);
        }
        return ConfigFields.read(file).json();
    }

    @Override
    public StoredTensors weights() {
        return Safetensors.ofDirectory(directory);
    }

    @Override
    public boolean hasWeights() {
        return Safetensors.isIn(directory);
    }

    @Override
    public TokenizerFiles tokenizer() {
        return TokenizerFiles.in(directory);
    }

    @Override
    public void writeTokenizer(Path to) throws IOException {
        for (var name : TOKENIZER_FILES) {
            if (Files.exists(directory.resolve(name)) && !Files.exists(to.resolve(name))) {
                Files.copy(directory.resolve(name), to.resolve(name));
            }
        }
    }

    @Override
    public void place(Path to, Path own, ModelCopy how) throws IOException {
        CheckpointFiles.place(directory, to, own, how, name -> !name.equals("config.json"));
    }
}
