package io.longrope.evaluator.training.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.json.Json;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The losses of a run, a JSON object per line: {@code {"step":…,"loss":…,"gradientNorm":…,"learningRate":…,"tokens":…}}
 * or {@code {"step":…,"heldOutLoss":…}}. A continued run drops the lines of steps it makes again.
 */
final class LossLog implements TrainingListener, AutoCloseable {

    private final BufferedWriter file;

    /** @param step steps done, whose lines stay */
    LossLog(Path path, int step) throws IOException {
        var kept = Files.exists(path) ? Files.readAllLines(path).stream().filter(line -> isUpTo(step, line)).toList() : List.<String>of();
        file = Files.newBufferedWriter(path);
        for (var line : kept) {
            write(line);
        }
    }

    /** A line that a crash cut off is of a step that is made again. */
    private static boolean isUpTo(int step, String line) {
        try {
            return Json.mapper().readTree(line).path("step").asInt(Integer.MAX_VALUE) <= step;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Tells this first. */
    TrainingListener and(TrainingListener other) {
        return new TrainingListener() {
            @Override
            public void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens) {
                LossLog.this.onStep(step, loss, gradientNorm, learningRate, tokens);
                other.onStep(step, loss, gradientNorm, learningRate, tokens);
            }

            @Override
            public void onHeldOut(int step, double loss) {
                LossLog.this.onHeldOut(step, loss);
                other.onHeldOut(step, loss);
            }
        };
    }

    @Override
    public void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens) {
        var line = new LinkedHashMap<String, Object>();
        line.put("step", step);
        line.put("loss", loss);
        line.put("gradientNorm", gradientNorm);
        line.put("learningRate", learningRate);
        line.put("tokens", tokens);
        write(Json.write(line));
    }

    @Override
    public void onHeldOut(int step, double loss) {
        var line = new LinkedHashMap<>(Map.<String, Object>of("step", step));
        line.put("heldOutLoss", loss);
        write(Json.write(line));
    }

    private void write(String line) {
        try {
            file.write(line);
            file.newLine();
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
