package io.longrope.progressive.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.progressive.stage.Scoring;
import io.longrope.search.evaluation.EvaluationId;
import io.longrope.search.evaluation.Score;
import io.longrope.search.internal.Json;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Scores on disk, a JSON line each, so that no evaluation is measured twice. A line that was being written when the process died is dropped. */
final class ScoreFile implements Scoring.ScoreListener, AutoCloseable {

    private final Map<EvaluationId, Score> scores = new ConcurrentHashMap<>();
    private final Set<EvaluationId> written = ConcurrentHashMap.newKeySet();
    private final FileChannel channel;

    private ScoreFile(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws BadInput when the file is not one of scores */
    static ScoreFile open(Path path) throws IOException {
        var text = Files.exists(path) ? Files.readString(path) : "";
        var whole = text.substring(0, text.lastIndexOf('\n') + 1);
        var file = new ScoreFile(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        try {
            for (var line : whole.lines().toList()) {
                var score = Json.mapper().readValue(line, Score.class);
                file.scores.put(score.id(), score);
            }
        } catch (JsonProcessingException e) {
            file.close();
            throw new BadInput(path.toString(), "must hold a score in every line", e.getOriginalMessage(), "remove it, or --output chooses another directory");
        }
        file.written.addAll(file.scores.keySet());
        file.channel.truncate(whole.getBytes(StandardCharsets.UTF_8).length);
        file.channel.position(file.channel.size());
        return file;
    }

    /** Grows as scores come. */
    Map<EvaluationId, Score> scores() {
        return scores;
    }

    /** What was given up is tried again the next time. */
    @Override
    public void scored(Score score, boolean known) {
        if (score.outcome() == Score.Outcome.GIVEN_UP || !written.add(score.id())) {
            return;
        }
        try {
            write(ByteBuffer.wrap((Json.write(score) + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void write(ByteBuffer line) throws IOException {
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
