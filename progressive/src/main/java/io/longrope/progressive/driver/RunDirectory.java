package io.longrope.progressive.driver;

import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.RunLayout;
import io.longrope.search.file.WholeFile;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Everything one job leaves on disk:
 * <pre>{@code
 * layout         the number of this layout
 * plan.yaml      the effective plan, every default written out
 * log            every line that standard error had
 * broker/        the embedded broker with its journal of results
 * stages/        of each stage that is done: what it began with, what it came to
 * train/         what trainings wrote, unless the workers have another --runs
 * tables/        factor tables
 * candidates/    of each search all it scored, with their losses
 * fronts/        of searches at two lengths, as CSV and JSON
 * model/         the final checkpoint with the factors in its config.json
 * report.md, report.json, report.csv
 * gain.csv, positions.csv   what the longer window is worth, and losses by position; also as JSON
 * retrieval.csv  where the plan asks for it; as retrieval.json too
 * report.html    all of it on one page, its pictures also in charts/
 * history.jsonl, environment.json   what that page tells of time, workers and machine
 * }</pre>
 * Belongs to one plan and, while it is open, to one process.
 */
public final class RunDirectory implements AutoCloseable {

    private final Path path;
    private final DirectoryLock lock;

    private RunDirectory(Path path, DirectoryLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /** @throws BadInput when it cannot be written, is in use, or holds the run of another plan or layout */
    public static RunDirectory open(Path path, JobPlan plan) {
        try {
            RunLayout.require(path);
            requireSamePlan(path, plan);
            Files.createDirectories(path);
            var lock = DirectoryLock.of(path, "run directory", "--run-dir");
            var directory = new RunDirectory(path, lock);
            boolean open = false;
            try {
                directory.write(RunLayout.FILE, RunLayout.CURRENT);
                directory.write(RunLayout.PLAN, plan.toYaml());
                open = true;
                return directory;
            } finally {
                if (!open) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            throw new BadInput(new Problem("run directory " + path, "must be writable", Obstacle.of(e), "--run-dir chooses another"), e);
        }
    }

    public Path path() {
        return path;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** Writes a file that is there whole or not at all. */
    public void write(String name, String text) throws IOException {
        var file = path.resolve(name);
        Files.createDirectories(file.getParent());
        var part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, text.endsWith("\n") ? text : text + "\n");
        } catch (IOException e) {
            throw WholeFile.naming(file, e);
        }
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static void requireSamePlan(Path path, JobPlan plan) {
        var file = path.resolve(RunLayout.PLAN);
        if (!Files.exists(file)) {
            return;
        }
        var before = JobPlan.fromTree(PlanReader.tree(file));
        if (!before.equals(plan)) {
            throw new BadInput("run directory " + path, "must belong to this plan", "the run of another (" + file + ")",
                    "--run-dir chooses another, or remove it");
        }
    }
}
