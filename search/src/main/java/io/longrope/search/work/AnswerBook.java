package io.longrope.search.work;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * A driver's questions and their answers. The first score of an evaluation is its answer for ever, whoever asked and
 * whatever comes later. Safe for use by many threads.
 */
public final class AnswerBook {

    private final Map<EvaluationId, Score> answers = new HashMap<>();
    private final Map<EvaluationId, Question> open = new HashMap<>();
    private Throwable failure;

    /** What became of a score. */
    public enum Receipt {
        /** It is the evaluation's answer now. */
        FIRST,
        /** The answer was known, and this is the same. */
        REPEATED,
        /** The answer was known, and this is another: two workers do not agree. */
        DIFFERENT
    }

    /**
     * @param answer completes with the answer
     * @param isNew  whether nobody asked before, so that somebody must be sent to find out
     */
    public record Question(EvaluationId id, Evaluation evaluation, CompletableFuture<Score> answer, boolean isNew) {
    }

    /** Asks a question, which may be known or asked already. */
    public synchronized Question ask(Evaluation evaluation) {
        var id = evaluation.id();
        var known = answers.get(id);
        if (known != null) {
            return new Question(id, evaluation, CompletableFuture.completedFuture(known), false);
        }
        if (failure != null) {
            return new Question(id, evaluation, CompletableFuture.failedFuture(failure), false);
        }
        var asked = open.get(id);
        if (asked != null) {
            return new Question(id, evaluation, asked.answer(), false);
        }
        var question = new Question(id, evaluation, new CompletableFuture<>(), true);
        open.put(id, question);
        return question;
    }

    /** Takes in a score, asked for or not. Whoever waits for it is told on this thread. */
    public Receipt receive(Score score) {
        Question question;
        synchronized (this) {
            var known = answers.putIfAbsent(score.id(), score);
            if (known != null) {
                return saysTheSame(known, score) ? Receipt.REPEATED : Receipt.DIFFERENT;
            }
            question = open.remove(score.id());
        }
        if (question != null) {
            question.answer().complete(score);
        }
        return Receipt.FIRST;
    }

    public synchronized Score answer(EvaluationId id) {
        return answers.get(id);
    }

    /** What is still to be found out, by evaluation id. */
    public synchronized Map<EvaluationId, Evaluation> unanswered() {
        var unanswered = new HashMap<EvaluationId, Evaluation>();
        open.forEach((id, question) -> unanswered.put(id, question.evaluation()));
        return unanswered;
    }

    /** Nobody could be sent: the question fails and may be asked again. */
    public void withdraw(EvaluationId id, Throwable cause) {
        Question question;
        synchronized (this) {
            question = open.remove(id);
        }
        if (question != null) {
            question.answer().completeExceptionally(cause);
        }
    }

    /** Cancels every open question and names them. */
    public Set<EvaluationId> withdrawAll() {
        Map<EvaluationId, Question> withdrawn;
        synchronized (this) {
            withdrawn = Map.copyOf(open);
            open.clear();
        }
        withdrawn.values().forEach(question -> question.answer().completeExceptionally(new CancellationException("withdrawn")));
        return withdrawn.keySet();
    }

    /** No more scores will come: every open question fails, and each asked later that is not answered. */
    public void fail(Throwable cause) {
        List<Question> unanswered;
        synchronized (this) {
            failure = cause;
            unanswered = List.copyOf(open.values());
            open.clear();
        }
        unanswered.forEach(question -> question.answer().completeExceptionally(cause));
    }

    private static boolean saysTheSame(Score one, Score other) {
        return one.outcome() == other.outcome() && one.sampleLosses().equals(other.sampleLosses());
    }
}
