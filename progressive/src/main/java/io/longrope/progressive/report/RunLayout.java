package io.longrope.progressive.report;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a run directory is laid out: a number in a file of its own. It is raised when this build can neither go on with what an older one
 * left nor tell of it.
 */
public final class RunLayout {

    /** Below the run directory. */
    public static final String FILE = "layout";
    public static final String PLAN = "plan.yaml";
    /** What {@link #FILE} says. Directories of builds that kept scores instead of results have no such file. */
    public static final String CURRENT = "2";

    private static final String TABLE = "tables/factors.json";

    private RunLayout() {
    }

    /**
     * Where the final table of a run directory lies; empty of a place that is none.
     *
     * @throws BadInput when the run has not finished
     */
    public static Optional<Path> table(Path place) throws IOException {
        var table = place.resolve(TABLE);
        if (Files.exists(table)) {
            return Optional.of(table);
        }
        if (!Files.exists(place.resolve(PLAN)) || !Files.exists(place.resolve(FILE))) {
            return Optional.empty();
        }
        throw new BadInput("run directory " + place, "must be of a run that has finished", found(place.resolve("tables/stages")),
                Program.name() + " run " + place.resolve(PLAN) + " --run-dir " + place + " goes on where it stopped (with the --models,"
                + " --data and --bootstrap it was begun with; a job of a cluster is submitted again)");
    }

    private static String found(Path stages) throws IOException {
        if (!Files.isDirectory(stages)) {
            return "one that has found no table yet";
        }
        try (var files = Files.list(stages)) {
            return files.map(Path::toString).filter(name -> name.endsWith(".json")).sorted()
                    .collect(Collectors.joining(", ", "one with the tables of stages so far: ", ""));
        }
    }

    /** @throws BadInput when the directory holds a run of a build with another layout */
    public static void require(Path runDirectory) throws IOException {
        if (!Files.exists(runDirectory.resolve(PLAN))) {
            return;
        }
        var file = runDirectory.resolve(FILE);
        var found = Files.exists(file) ? Files.readString(file).strip() : "";
        if (!found.equals(CURRENT)) {
            throw new BadInput("run directory " + runDirectory, "must have layout " + CURRENT,
                    found.isEmpty() ? "the run of an older longrope" : "layout " + found + ", of another longrope",
                    "--run-dir chooses another directory for a new run; longrope export still reads the tables of this one, and the "
                    + "longrope that made it goes on with it");
        }
    }
}
