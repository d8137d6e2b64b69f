package io.longrope.progressive.storage;

import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.session.Bytes;
import io.longrope.progressive.driver.DirectoryLock;
import io.longrope.search.kafka.KafkaStorage;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The checkpoints of jobs that go, and those that stay because other jobs build on them. Tables, reports and records of stages stay in the
 * run directories. The results of trainings whose checkpoints go are forgotten, so that who asks again has them trained again.
 *
 * @param jobs  ids
 * @param goes  belongs to these jobs alone
 * @param stays other jobs build on it too
 */
public record Deletion(RunFiles files, Set<String> jobs, List<RunFiles.Checkpoints> goes, List<RunFiles.Checkpoints> stays) {

    /** @param jobs ids */
    public static Deletion of(RunFiles files, Set<String> jobs) throws IOException {
        var goes = new ArrayList<RunFiles.Checkpoints>();
        var stays = new ArrayList<RunFiles.Checkpoints>();
        for (var checkpoints : files.checkpoints()) {
            if (!Collections.disjoint(checkpoints.users(), jobs)) {
                (jobs.containsAll(checkpoints.users()) ? goes : stays).add(checkpoints);
            }
        }
        return new Deletion(files, Set.copyOf(jobs), List.copyOf(goes), List.copyOf(stays));
    }

    /** A line for each directory: what becomes of it, what it takes, where it is. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        goes.forEach(one -> lines.add("goes   " + one.directory() + ", " + Bytes.format(one.bytes())));
        stays.forEach(one -> {
            var others = new TreeSet<>(one.users());
            others.removeAll(jobs);
            lines.add("stays  " + one.directory() + ", " + Bytes.format(one.bytes()) + ": " + String.join(", ", others)
                    + (others.size() == 1 ? " builds" : " build") + " on it");
        });
        return lines;
    }

    /**
     * Forgets the results first: nobody is to build on what is half gone.
     *
     * @throws io.longrope.search.problem.BadInput when a process has one of the run directories open; then nothing is gone
     */
    public void carryOut(KafkaStorage storage) throws IOException {
        if (goes.isEmpty()) {
            return;
        }
        var locks = new ArrayDeque<DirectoryLock>();
        try {
            for (var directory : runDirectories()) {
                locks.push(DirectoryLock.of(directory, "run directory", "--runs"));
            }
            storage.forgetTrainings(result -> goes.stream().anyMatch(one -> files.isIn(one, result)));
            for (var one : goes) {
                Directories.delete(one.directory());
            }
        } finally {
            close(locks);
        }
    }

    private List<Path> runDirectories() {
        return files.runs().stream().filter(run -> jobs.contains(run.job())).map(RunFiles.Run::directory).toList();
    }

    private static void close(Deque<DirectoryLock> locks) throws IOException {
        while (!locks.isEmpty()) {
            locks.pop().close();
        }
    }
}
