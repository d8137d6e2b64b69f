package io.longrope.progressive.report;

import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.search.json.Json;

import java.util.stream.Collectors;

/** What the searches of a run tried, for other programs: a JSON file for each search and in it a line for each candidate. */
public final class TriedFiles {

    /** Below the run directory. */
    public static final String FOLDER = "candidates";

    private TriedFiles() {
    }

    public static String text(TriedCandidates search) {
        return "{\"stage\": " + Json.write(search.stage()) + ", \"length\": " + search.length() + ", \"trials\": [\n"
                + search.trials().stream().map(Json::write).collect(Collectors.joining(",\n")) + "\n]}\n";
    }
}
