package io.longrope.search.work;

import io.longrope.search.problem.BadInput;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Counts what one worker does while another evaluator does it. Read by any thread. */
public final class EvaluationMeter implements Evaluator {

    private final Evaluator evaluator;
    private final Map<Score.Outcome, Long> scores = new EnumMap<>(Score.Outcome.class);
    private Optional<EvaluationId> current = Optional.empty();
    private long tokens;
    private double seconds;
    private long refused;
    private long failed;

    public EvaluationMeter(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    /**
     * What was counted so far.
     *
     * @param current what is measured now; empty when the worker waits
     * @param scores  evaluations measured, by outcome; outcomes that never came are absent
     * @param tokens  run through the model for them
     * @param seconds spent on them
     * @param refused evaluations this worker could not measure, for want of the right checkpoint for example
     * @param failed  evaluations that broke the evaluator
     */
    public record Reading(Optional<EvaluationId> current, Map<Score.Outcome, Long> scores, long tokens, double seconds, long refused,
            long failed) {

        public long evaluations() {
            return scores.values().stream().mapToLong(Long::longValue).sum();
        }

        /** 0 before the first evaluation. */
        public double tokensPerSecond() {
            return seconds > 0 ? tokens / seconds : 0;
        }
    }

    @Override
    public Score evaluate(Evaluation evaluation) throws InterruptedException {
        begin(evaluation.id());
        try {
            var score = evaluator.evaluate(evaluation);
            measured(score);
            return score;
        } catch (BadInput e) {
            refused();
            throw e;
        } catch (RuntimeException e) {
            failed();
            throw e;
        } finally {
            end();
        }
    }

    public synchronized Reading read() {
        return new Reading(current, Map.copyOf(scores), tokens, seconds, refused, failed);
    }

    private synchronized void begin(EvaluationId id) {
        current = Optional.of(id);
    }

    private synchronized void end() {
        current = Optional.empty();
    }

    private synchronized void measured(Score score) {
        scores.merge(score.outcome(), 1L, Long::sum);
        tokens += score.tokens();
        seconds += score.seconds();
    }

    private synchronized void refused() {
        refused++;
    }

    private synchronized void failed() {
        failed++;
    }
}
