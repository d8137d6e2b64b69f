package io.longrope.progressive.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What the searches of a run tried, a JSON file for each search and in it a line for each candidate. */
public final class TriedFiles {

    /** Below the run directory. */
    public static final String FOLDER = "candidates";

    private TriedFiles() {
    }

    public static String text(TriedCandidates search) {
        return "{\"stage\": " + Json.write(search.stage()) + ", \"length\": " + search.length() + ", \"trials\": [\n"
                + search.trials().stream().map(Json::write).collect(Collectors.joining(",\n")) + "\n]}\n";
    }

    /**
     * By file name; none where an older build kept none.
     *
     * @throws BadInput when a file is broken
     */
    static List<TriedCandidates> read(Path runDirectory) throws IOException {
        var folder = runDirectory.resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var searches = new ArrayList<TriedCandidates>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(file -> file.toString().endsWith(".json")).sorted().toList()) {
                searches.add(ofFile(file));
            }
        }
        return searches;
    }

    private static TriedCandidates ofFile(Path file) throws IOException {
        try {
            return Json.mapper().readValue(file.toFile(), TriedCandidates.class);
        } catch (JsonProcessingException e) {
            throw new BadInput(file.toString(), "must hold what a search tried", e.getOriginalMessage(), "");
        }
    }
}
