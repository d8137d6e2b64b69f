package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.Directories;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes a Hugging Face checkpoint directory. It appears under its name only when it is complete. */
public final class CheckpointWriter {

    private CheckpointWriter() {
    }

    /**
     * Writes config.json, model.safetensors and the given further files, replacing a directory of that name.
     *
     * @param files contents by file name
     */
    public static void write(Path directory, ModelConfig config, DataType type, List<SafetensorsWriter.Source> tensors,
                             Map<String, String> files) throws IOException {
        write(directory, config, type, tensors, texts(files));
    }

    /** As {@link #write(Path, ModelConfig, DataType, List, Map)}, with anything further, which is written last. */
    public static void write(Path directory, ModelConfig config, DataType type, List<SafetensorsWriter.Source> tensors,
                             Directories.Content further) throws IOException {
        Directories.replace(directory, part -> {
            SafetensorsWriter.write(part.resolve("model.safetensors"), type, tensors);
            Files.writeString(part.resolve("config.json"), config.toJson());
            further.writeTo(part);
        });
    }

    /** Files by name. */
    public static Directories.Content texts(Map<String, String> files) {
        return part -> {
            for (var file : files.entrySet()) {
                Files.writeString(part.resolve(file.getKey()), file.getValue());
            }
        };
    }
}
