package io.longrope.progressive.bench;

import io.longrope.progressive.driver.DirectoryLock;
import io.longrope.progressive.stage.Scoring;
import io.longrope.search.file.WholeFile;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.ResultBook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What searches of one benchmark leave on disk:
 * <pre>{@code
 * settings.json   what all of them have in common
 * results.jsonl   every result, by task id
 * curves.csv      how far each search had come, see CurvePoint
 * curves.png      the same as a picture
 * }</pre>
 * Any number of runs add to it, one process at a time.
 */
public final class BenchDirectory implements AutoCloseable {

    private final Path path;
    private final DirectoryLock lock;
    private final ResultFile results;

    private BenchDirectory(Path path, DirectoryLock lock, ResultFile results) {
        this.path = path;
        this.lock = lock;
        this.results = results;
    }

    /** @throws BadInput when it is in use, or holds searches of other settings */
    public static BenchDirectory open(Path path, SearchBenchSettings settings) throws IOException {
        requireSame(path.resolve("settings.json"), settings);
        Files.createDirectories(path);
        var lock = DirectoryLock.of(path, "output directory", "--output");
        try {
            var directory = new BenchDirectory(path, lock, ResultFile.open(path.resolve("results.jsonl")));
            directory.write("settings.json", Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(settings));
            return directory;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireSame(Path file, SearchBenchSettings settings) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        var before = Json.mapper().readTree(file.toFile());
        var now = Json.mapper().readTree(Json.write(settings));
        if (!before.equals(now)) {
            throw new BadInput("output directory " + file.getParent(), "must hold searches of the same settings, " + Json.write(now),
                    Json.write(before), "--output chooses another");
        }
    }

    /** Results that need no measuring; grows as results come. */
    public ResultBook known() {
        return results.book();
    }

    /** Writes results down. */
    public Scoring.ScoreListener listener() {
        return results;
    }

    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** All searches that are there, in the order they were first done. */
    public List<CurvePoint> points() throws IOException {
        var file = path.resolve("curves.csv");
        var points = new ArrayList<CurvePoint>();
        if (!Files.exists(file)) {
            return points;
        }
        var lines = Files.readAllLines(file);
        for (int i = 1; i < lines.size(); i++) {
            try {
                points.add(CurvePoint.of(lines.get(i).split(",", -1)));
            } catch (IllegalArgumentException e) {
                throw new BadInput(file + " line " + (i + 1), "must be a point of a search", lines.get(i),
                        "remove the file: known results make it anew");
            }
        }
        return points;
    }

    /** Puts a search's points in the place of those it had. */
    void replace(List<CurvePoint> search) throws IOException {
        var first = search.get(0);
        var points = points();
        points.removeIf(point -> point.isOf(first.algorithm(), first.seed(), first.factor()));
        points.addAll(search);
        write("curves.csv", CurvePoint.csv(points));
    }

    /** Draws all curves that are there. */
    public void draw() throws IOException {
        CurveFigure.of(points()).write(path.resolve("curves.png"));
    }

    /** Writes a file that is there whole or not at all. */
    public void write(String name, String text) throws IOException {
        WholeFile.write(path.resolve(name), text + "\n");
    }

    @Override
    public void close() throws IOException {
        results.close();
        lock.close();
    }
}
