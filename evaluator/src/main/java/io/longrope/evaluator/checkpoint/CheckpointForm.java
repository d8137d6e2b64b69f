package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.evaluator.text.TokenizerFiles;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufHeader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How a checkpoint is kept: as a Hugging Face directory, or as one GGUF file that holds all of it, which a directory may hold. */
sealed interface CheckpointForm permits HuggingFaceForm, GgufForm {

    /** @throws BadInput when there is neither at that place */
    static CheckpointForm at(Path path) {
        var file = GgufHeader.orOnlyOneIn(path);
        if (Files.isDirectory(file)) {
            return new HuggingFaceForm(file);
        }
        if (GgufHeader.isIn(file)) {
            return new GgufForm(GgufHeader.read(file));
        }
        throw new BadInput(path.toString(), "must be a checkpoint: a directory with config.json and safetensors, or a GGUF file",
                Files.exists(path) ? "a file of another kind" : "missing", "");
    }

    /** Where config.json lies, or the file that stands for it. */
    String configPlace();

    /** config.json, or what it would be. */
    ObjectNode config();

    /** @throws BadInput when the headers of the weights cannot be read */
    StoredTensors weights();

    /** False of a published config.json without weights. */
    boolean hasWeights();

    TokenizerFiles tokenizer();

    /** Makes a directory of ours complete with the files of the tokenizer. */
    void writeTokenizer(Path directory) throws IOException;

    /**
     * Puts everything but config.json into a directory that lacks it, as files an engine or a trainer reads.
     *
     * @param own files below it are this program's own, so a second name for one is enough
     */
    void place(Path directory, Path own, ModelCopy how) throws IOException;
}
