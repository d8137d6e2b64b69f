package io.longrope.progressive.storage;

import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.RunLayout;
import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What jobs wrote below the directory that drivers and workers know as their runs root:
 * <pre>{@code
 * JOB/               the run directory of a job: tables, reports, records of its stages
 * JOB/model/         its final checkpoint
 * JOB/train/         checkpoints of its trainings, where its workers had the run directory as their root
 * train/TRAINING/    checkpoints of trainings otherwise; jobs that ask for the same training share it
 * tokens/            token files, unless workers keep them elsewhere
 * }</pre>
 */
public final class RunFiles {

    private static final Logger LOG = LoggerFactory.getLogger(RunFiles.class);
    private static final String TRAIN = "train";
    private static final String MODEL = "model";
    private static final Pattern TRAINING = Pattern.compile("train/[0-9a-f]{16}");

    private final Path root;
    private final List<Run> runs;

    /**
     * A run directory.
     *
     * @param job       the id of its job
     * @param trainings it builds on, as they are called below the root: {@code train/0123456789abcdef}
     */
    public record Run(String job, Path directory, Set<String> trainings) {
    }

    /**
     * A directory with checkpoints.
     *
     * @param users jobs that build on it; the one it belongs to where it is in a run directory
     */
    public record Checkpoints(Path directory, Set<String> users) {

        /** What its files take, without what links lead to. */
        public long bytes() {
            return RunFiles.bytes(directory);
        }
    }

    private RunFiles(Path root, List<Run> runs) {
        this.root = root;
        this.runs = List.copyOf(runs);
    }

    /** Looks at every run directory below a root; there are none where it is missing. */
    public static RunFiles in(Path root) throws IOException {
        var runs = new ArrayList<Run>();
        if (Files.isDirectory(root)) {
            try (var entries = Files.list(root)) {
                for (var directory : entries.filter(entry -> Files.exists(entry.resolve(RunLayout.PLAN))).sorted().toList()) {
                    runs.add(new Run(id(directory), directory, trainings(directory)));
                }
            }
        }
        return new RunFiles(root, runs);
    }

    public List<Run> runs() {
        return runs;
    }

    /** Everything with checkpoints, that of run directories first. */
    public List<Checkpoints> checkpoints() throws IOException {
        var found = new ArrayList<Checkpoints>();
        for (var run : runs) {
            for (var name : List.of(MODEL, TRAIN)) {
                if (Files.isDirectory(run.directory().resolve(name))) {
                    found.add(new Checkpoints(run.directory().resolve(name), Set.of(run.job())));
                }
            }
        }
        var shared = root.resolve(TRAIN);
        if (Files.isDirectory(shared) && !Files.exists(root.resolve(RunLayout.PLAN))) {
            try (var entries = Files.list(shared)) {
                entries.filter(Files::isDirectory).sorted()
                        .forEach(directory -> found.add(new Checkpoints(directory, users(TRAIN + "/" + directory.getFileName()))));
            }
        }
        return found;
    }

    /** Jobs that build on a training. */
    private Set<String> users(String training) {
        return runs.stream().filter(run -> run.trainings().contains(training)).map(Run::job).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a result of a training, which names a checkpoint below the root, is of one in a directory. */
    boolean isIn(Checkpoints checkpoints, String result) {
        return root.resolve(result).normalize().startsWith(checkpoints.directory().normalize());
    }

    /** What the files below a directory take, without what links lead to. */
    static long bytes(Path directory) {
        try (var files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).mapToLong(RunFiles::size).sum();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} changed while it was looked at: {}", directory, e.toString());
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            LOG.debug("{} was removed while it was looked at", file);
            return 0;
        }
    }

    /** Directories of drivers are named by their job's id; where the plan cannot be read, that must do. */
    private static String id(Path directory) {
        try {
            return JobSession.id(JobPlan.fromTree(PlanReader.tree(directory.resolve(RunLayout.PLAN)))).value();
        } catch (BadInput e) {
            LOG.debug("{} has a plan that cannot be read: {}", directory, e.getMessage());
            return directory.getFileName().toString();
        }
    }

    /** The records of its stages name the checkpoints that they began with and came to, its plan the one it began with. */
    private static Set<String> trainings(Path directory) throws IOException {
        var files = new ArrayList<>(List.of(directory.resolve(RunLayout.PLAN)));
        var stages = directory.resolve("stages");
        if (Files.isDirectory(stages)) {
            try (var entries = Files.list(stages)) {
                files.addAll(entries.filter(Files::isRegularFile).toList());
            }
        }
        var trainings = new TreeSet<String>();
        for (var file : files) {
            TRAINING.matcher(Files.readString(file)).results().forEach(found -> trainings.add(found.group()));
        }
        return trainings;
    }
}
