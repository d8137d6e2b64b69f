package io.longrope.evaluator.checkpoint.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Why a directory has no config.json, with the advice that fits. */
public final class MissingConfig {

    /** Levels below the directory that are looked through: a hub cache keeps models in snapshots/REVISION. */
    private static final int DEPTH = 2;
    private static final int ENTRIES = 100;

    private MissingConfig() {
    }

    public static BadInput in(Path directory) {
        var below = new ArrayList<String>();
        look(directory, directory, DEPTH, below);
        return new BadInput(directory.resolve("config.json").toString(), "must be a file", "missing",
                below.isEmpty() ? advice(directory) : "name the directory that has it: " + String.join(" or ", below));
    }

    private static String advice(Path directory) {
        if (Files.exists(directory.resolve("params.json"))) {
            return "this is the authors' own form: download the files of transformers";
        }
        if (Files.exists(directory.resolve("factors.json")) || Files.exists(directory.resolve("rope.json")) || hasTables(directory)) {
            return "this is a table without a model: name the model, and this where a table is asked for";
        }
        return "name a Hugging Face checkpoint directory";
    }

    /** True of what is exported as CSV: a file LENGTH.csv for each length. */
    private static boolean hasTables(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.limit(ENTRIES).anyMatch(file -> file.getFileName().toString().matches("\\d+\\.csv"));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static void look(Path root, Path directory, int depth, List<String> found) {
        for (var entry : directories(directory)) {
            if (Files.isRegularFile(entry.resolve("config.json"))) {
                found.add(root.relativize(entry).toString());
            } else if (depth > 1) {
                look(root, entry, depth - 1, found);
            }
            if (found.size() >= 3) {
                return;
            }
        }
    }

    private static List<Path> directories(Path directory) {
        try (var entries = Files.list(directory)) {
            return entries.limit(ENTRIES).filter(Files::isDirectory).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            // one that may not be looked into is none to name
            return List.of();
        }
    }
}
