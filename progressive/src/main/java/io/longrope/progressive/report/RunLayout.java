package io.longrope.progressive.report;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    private RunLayout() {
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
