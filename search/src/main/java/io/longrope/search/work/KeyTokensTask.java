package io.longrope.search.work;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.Map;
import java.util.Optional;

/**
 * Asks which tokens of a sample are key: those that text far back helps an evaluator to predict (LongPPL, arXiv 2410.23771).
 *
 * @param model      the evaluator
 * @param reader     whose tokenizer the sample is cut with; the evaluator may have another
 * @param sample     what is read
 * @param candidate  what the evaluator is run with
 * @param context    the short context that key tokens are told by
 * @param arithmetic how it is computed
 */
public record KeyTokensTask(ModelReference model, ModelReference reader, Sample sample, Candidate candidate, ShortContext context,
                            Arithmetic arithmetic) implements Task {

    public KeyTokensTask {
        Require.present(model, "key-tokens.model");
        Require.present(reader, "key-tokens.reader");
        Require.present(sample, "key-tokens.sample");
        Require.present(candidate, "key-tokens.candidate");
        Require.present(context, "key-tokens.context");
        Require.present(arithmetic, "key-tokens.arithmetic");
    }

    @Override
    public TaskId id() {
        var question = TaskId.question("key-tokens", model, candidate, arithmetic);
        question.put("sample", sample.fingerprint());
        question.put("context", context.tokens());
        question.put("step", context.step());
        if (!reader.equals(model)) {
            question.put("reader", Map.of("model", reader.fingerprint(), "startToken", reader.startToken().orElse("")));
        }
        return TaskId.of(question);
    }

    @Override
    public TaskClass taskClass() {
        return TaskClass.SCORE;
    }

    @Override
    public Optional<ModelReference> needs() {
        return Optional.of(model);
    }

    @Override
    public String describe() {
        return "key tokens of " + sample.length();
    }

    @Override
    public <T, X extends Exception> T as(Kinds<T, X> kinds) throws X {
        return kinds.keyTokens(this);
    }
}
