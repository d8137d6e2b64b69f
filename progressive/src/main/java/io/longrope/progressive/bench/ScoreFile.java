package io.longrope.progressive.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.progressive.driver.LineFile;
import io.longrope.progressive.stage.Scoring;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Score;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Scores on disk, a JSON line each, so that no evaluation is measured twice. */
final class ScoreFile implements Scoring.ScoreListener, AutoCloseable {

    private final Map<EvaluationId, Score> scores = new ConcurrentHashMap<>();
    private final Set<EvaluationId> written = ConcurrentHashMap.newKeySet();
    private final LineFile file;

    private ScoreFile(LineFile file) {
        this.file = file;
    }

    /** @throws BadInput when the file is not one of scores */
    static ScoreFile open(Path path) throws IOException {
        var lines = LineFile.lines(path);
        var scores = new ScoreFile(LineFile.open(path));
        try {
            for (var line : lines) {
                var score = Json.mapper().readValue(line, Score.class);
                scores.scores.put(score.id(), score);
            }
        } catch (JsonProcessingException e) {
            scores.close();
            throw new BadInput(path.toString(), "must hold a score in every line", e.getOriginalMessage(),
                    "remove it, or --output chooses another directory");
        }
        scores.written.addAll(scores.scores.keySet());
        return scores;
    }

    /** Grows as scores come. */
    Map<EvaluationId, Score> scores() {
        return scores;
    }

    /** What was given up is tried again the next time. */
    @Override
    public void scored(Score score, boolean known) {
        if (score.outcome() != Score.Outcome.GIVEN_UP && written.add(score.id())) {
            file.append(Json.write(score));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
