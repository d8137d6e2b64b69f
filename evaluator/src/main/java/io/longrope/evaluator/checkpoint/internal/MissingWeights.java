package io.longrope.evaluator.checkpoint.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Why a directory without readable weights has none, with the advice that fits. */
public final class MissingWeights {

    private static final String RULE = "must have model.safetensors or model.safetensors.index.json";

    private static final Pattern FOREIGN = Pattern.compile(".*\\.(msgpack|h5|onnx|ot|npz|tflite|nemo)");
    private static final Pattern UNFINISHED = Pattern.compile(".*\\.(incomplete|part|crdownload|aria2|tmp)");

    private MissingWeights() {
    }

    /** Of a directory that has neither file. */
    public static BadInput in(Path directory) {
        var names = names(directory);
        for (var name : List.of("model.safetensors", "model.safetensors.index.json")) {
            if (names.contains(name)) {
                return new BadInput(directory.resolve(name).toString(), "must be a file",
                        "a link to " + target(directory.resolve(name)) + ", which is missing",
                        "download it again: a cache keeps the weights elsewhere");
            }
        }
        if (names.contains("adapter_config.json") || names.stream().anyMatch(name -> name.startsWith("adapter_model."))) {
            var base = base(directory);
            return new BadInput(directory.toString(), RULE, "an adapter only", "merge it into its base model" + base
                    + " (merge_and_unload of peft) and save that");
        }
        if (names.stream().anyMatch(name -> name.startsWith("consolidated."))) {
            return new BadInput(directory.toString(), RULE, "the authors' own form, consolidated.*",
                    "download the files of transformers beside it, or convert it with the script transformers has for the family");
        }
        if (names.stream().anyMatch(name -> name.endsWith(".bin") || name.endsWith(".pth") || name.endsWith(".pt"))) {
            return new BadInput(directory.toString(), RULE, "weights pickled by PyTorch",
                    "load them with transformers and save them with save_pretrained");
        }
        if (names(directory.resolve("original")).stream().anyMatch(name -> name.startsWith("consolidated."))) {
            return new BadInput(directory.toString(), RULE, "the authors' own form alone, original/consolidated.*",
                    "download the files of transformers too");
        }
        var foreign = names.stream().filter(name -> FOREIGN.matcher(name).matches()).findFirst();
        if (foreign.isPresent()) {
            return new BadInput(directory.toString(), RULE, "weights for another framework, " + foreign.get(),
                    "download the safetensors of the model, or convert them with a transformers that still reads these");
        }
        var unfinished = names.stream().filter(name -> UNFINISHED.matcher(name).matches()).findFirst();
        if (unfinished.isPresent()) {
            return new BadInput(directory.toString(), RULE, "a download that has not ended, " + unfinished.get(), "download the rest");
        }
        var gguf = names.stream().filter(name -> name.endsWith(".gguf")).findFirst();
        if (gguf.isPresent()) {
            return new BadInput(directory.toString(), RULE, gguf.get(), "a GGUF file is a whole model: name the file");
        }
        var others = names.stream().filter(name -> name.endsWith(".safetensors")).toList();
        return others.isEmpty() ? new BadInput(directory.toString(), RULE, "no weights at all",
                        "download or copy them into the directory; of an exported config.json name the model itself, and this as --table")
                : new BadInput(directory.toString(), RULE, String.join(", ", others), others.size() == 1
                        ? "rename it to model.safetensors if it is the whole model"
                        : "the index that names these parts is missing: download it");
    }

    /** Of a shard that an index names. */
    public static BadInput shard(Path index, Path shard, List<Path> all) {
        long there = all.stream().filter(Files::isRegularFile).count();
        var found = Files.isSymbolicLink(shard) ? "a link to " + target(shard) + ", which is missing" : "missing";
        return new BadInput(shard.toString(), "must be there, since " + index.getFileName() + " names it", found,
                there + " of " + Plural.of(all.size(), "part") + " are there: download the rest");
    }

    private static String base(Path directory) {
        var file = directory.resolve("adapter_config.json");
        return Files.isRegularFile(file) ? ConfigFields.read(file).optionalText("base_model_name_or_path").map(name -> " " + name)
                .orElse("") : "";
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
