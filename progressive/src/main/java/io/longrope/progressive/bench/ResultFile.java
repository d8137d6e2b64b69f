package io.longrope.progressive.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.longrope.progressive.driver.LineFile;
import io.longrope.progressive.stage.Scoring;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Result;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.TaskId;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Results on disk, a JSON line each, so that nothing is measured twice. */
final class ResultFile implements Scoring.ScoreListener, AutoCloseable {

    private final ResultBook book = new ResultBook();
    private final Set<TaskId> written = ConcurrentHashMap.newKeySet();
    private final LineFile file;

    private ResultFile(LineFile file) {
        this.file = file;
    }

    /** @throws BadInput when the file is not one of results */
    static ResultFile open(Path path) throws IOException {
        var lines = LineFile.lines(path);
        var results = new ResultFile(LineFile.open(path));
        try {
            for (var line : lines) {
                var result = Json.mapper().readValue(line, Result.class);
                results.book.receive(result);
                results.written.add(result.id());
            }
        } catch (JsonProcessingException e) {
            results.close();
            throw new BadInput(path.toString(), "must hold a result in every line", JsonFault.of(e).found(),
                    "remove it, or --output chooses another directory");
        }
        return results;
    }

    /** Grows as results come. */
    ResultBook book() {
        return book;
    }

    @Override
    public void measured(Result result, boolean known) {
        if (written.add(result.id())) {
            file.append(Json.write(result));
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
