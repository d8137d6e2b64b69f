package io.longrope.progressive.driver;

import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.worker.CheckpointEvaluator;
import io.longrope.search.evaluation.Evaluation;
import io.longrope.search.evaluation.Evaluator;
import io.longrope.search.evaluation.Score;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds checkpoints below any of several roots: base models are in one place, what runs have fine-tuned in another. */
public final class ManyRoots implements Evaluator, AutoCloseable {

    private final Map<Root, CheckpointEvaluator> evaluators = new LinkedHashMap<>();

    /**
     * @param worker the name scores carry
     * @param models roots of checkpoints, searched in order; at least one
     * @param data   root of texts
     */
    public ManyRoots(String worker, List<Path> models, Path data, InstantSource clock) {
        var texts = Root.of(data, "--data");
        models.forEach(directory -> {
            var root = Root.of(directory, "--models");
            evaluators.put(root, new CheckpointEvaluator(worker, root, texts, clock));
        });
    }

    @Override
    public Score evaluate(Evaluation evaluation) throws InterruptedException {
        var path = evaluation.model().path();
        for (var root : evaluators.keySet()) {
            if (Files.isDirectory(root.directory().resolve(path))) {
                return evaluators.get(root).evaluate(evaluation);
            }
        }
        return evaluators.values().iterator().next().evaluate(evaluation);
    }

    @Override
    public void close() {
        evaluators.values().forEach(CheckpointEvaluator::close);
    }
}
