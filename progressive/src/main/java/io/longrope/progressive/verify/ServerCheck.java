package io.longrope.progressive.verify;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.session.OpenModel;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares the log-probabilities that a server gives the tokens of a prompt beyond the original window, and those that it adds, with our
 * own under each hypothesis. The prompt's are many and no draw of chance; where a server does not tell them, or tells them beside the place
 * (llama-cpp-python does for models without a start token), those that it adds decide.
 */
public final class ServerCheck {

    private static final int ADDED = 32;
    private static final int FEWEST = 8;
    /** Steps of the search for a temperature: each leaves 62 % of the range, all of them a factor known to 0.03 %. */
    private static final int STEPS = 16;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private final CompletionServer server;
    private final OpenModel model;
    private final FactorTable table;
    private final double near;

    /** @param near nats between log-probabilities that count as the same */
    public ServerCheck(CompletionServer server, OpenModel model, FactorTable table, double near) {
        this.server = server;
        this.model = model;
        this.table = table;
        this.near = Require.positive(near, "--tolerance");
    }

    /**
     * A sequence with what the server told of it.
     *
     * @param logprobs of each token; NaN where it was not told, or is not to be compared
     */
    private record Evidence(int[] tokens, double[] logprobs) {

        int positions() {
            return (int) Arrays.stream(logprobs).filter(value -> !Double.isNaN(value)).count();
        }
    }

    /**
     * @param tokens the prompt, longer than the original window, with its start token
     * @param text   the same without it, for servers that take text only
     * @return of each hypothesis, the nearest first
     * @throws BadInput when the server tells nothing that can be compared, or does not read the whole prompt
     */
    public List<Comparison> compare(int[] tokens, String text) throws InterruptedException {
        var ids = Arrays.stream(tokens).boxed().toList();
        Object prompt = ids;
        var answer = server.complete(prompt, 1, true);
        if (answer.reply().isEmpty()) {
            // llama-cpp-python's takes no ids; what it has against the text is the reason then
            prompt = text;
            answer = server.complete(prompt, 1, true);
        }
        var refusal = answer.refusal();
        var echoed = answer.reply().map(reply -> ofPrompt(tokens, reply)).filter(evidence -> evidence.positions() >= FEWEST)
                .map(evidence -> ranked(evidence, tokens.length));
        if (echoed.filter(this::fits).isPresent()) {
            return echoed.get();
        }
        var added = added(tokens, prompt, text);
        if (added.isPresent()) {
            return ranked(added.get(), tokens.length);
        }
        if (echoed.isPresent()) {
            return echoed.get();
        }
        throw new BadInput("the server", "must tell log-probabilities, of the prompt (echo) or of what it adds",
                refusal.isEmpty() ? "none were in its answer" : refusal,
                "llama-cpp-python tells them with --logits_all true and a context (--n_ctx) of more than "
                + Plural.of(tokens.length, "token"));
    }

    private Optional<Evidence> added(int[] tokens, Object prompt, String text) throws InterruptedException {
        var answer = server.complete(prompt, ADDED, false);
        if (answer.reply().isEmpty() && !prompt.equals(text)) {
            answer = server.complete(text, ADDED, false);
        }
        return answer.reply().map(reply -> ofAdded(tokens, reply)).filter(evidence -> evidence.positions() >= FEWEST);
    }

    /** Of the prompt's tokens beyond the original length. Counted from the end, as some servers leave the start token out. */
    private Evidence ofPrompt(int[] tokens, CompletionServer.Reply reply) {
        requireWhole(tokens, reply);
        var logprobs = unknown(tokens.length);
        int told = reply.told().size() - reply.added();
        int first = tokens.length - told;
        if (told > 0 && first >= 0) {
            for (int i = Math.max(first, table.geometry().originalLength()); i < tokens.length; i++) {
                logprobs[i] = reply.told().get(i - first).logprob().orElse(Double.NaN);
            }
        }
        return new Evidence(tokens, logprobs);
    }

    /** Of those added, up to the first whose id is not known. */
    private Evidence ofAdded(int[] tokens, CompletionServer.Reply reply) {
        requireWhole(tokens, reply);
        var told = reply.told().subList(Math.max(0, reply.told().size() - reply.added()), reply.told().size());
        var ids = told.stream().map(this::id).takeWhile(Optional::isPresent).mapToInt(Optional::get).toArray();
        var all = IntStream.concat(Arrays.stream(tokens), Arrays.stream(ids)).toArray();
        var logprobs = unknown(all.length);
        for (int i = 0; i < ids.length; i++) {
            logprobs[tokens.length + i] = told.get(i).logprob().orElse(Double.NaN);
        }
        return new Evidence(all, logprobs);
    }

    private Optional<Integer> id(CompletionServer.Told token) {
        if (token.id().isPresent()) {
            return Optional.of(token.id().getAsInt());
        }
        var ids = model.checkpoint().tokenizer().encode(token.text());
        // half a character is no text
        return ids.length == 1 && model.checkpoint().tokenizer().decode(ids).equals(token.text()) ? Optional.of(ids[0]) : Optional.empty();
    }

    private static void requireWhole(int[] tokens, CompletionServer.Reply reply) {
        Require.that(reply.promptTokens() == tokens.length, "the server", "must read all " + Plural.of(tokens.length, "token")
                + " of the prompt",
                reply.promptTokens(), "fewer: it truncates, give it a longer context (vLLM --max-model-len, SGLang --context-length, "
                + "llama.cpp -c), or ask with a shorter --length; one more or less: its start token, see --start-token; else another"
                + " tokenizer");
    }

    private List<Comparison> ranked(Evidence evidence, int length) {
        var found = Hypothesis.of(table, length).stream().map(hypothesis -> compare(hypothesis, evidence)).sorted(nearest()).toList();
        if (fits(found) && found.get(0).hypothesis().state() != Hypothesis.State.OTHER_TEMPERATURE) {
            return found;
        }
        // a known temperature may be within tolerance of one that is none of those known
        var factors = found.stream().map(Comparison::hypothesis).filter(one -> one.state() == Hypothesis.State.IN_FORCE).findFirst();
        return Stream.concat(found.stream(), Stream.of(compare(temperature(factors.orElseThrow(), evidence), evidence)))
                .sorted(nearest()).toList();
    }

    private boolean fits(List<Comparison> found) {
        return found.get(0).difference() <= near;
    }

    private static Comparator<Comparison> nearest() {
        return Comparator.comparingDouble(Comparison::difference);
    }

    /** The attention factor, between half and twice theirs, under which factors come nearest. */
    private Hypothesis temperature(Hypothesis factors, Evidence evidence) {
        double from = Math.log(factors.candidate().attentionFactor() / 2);
        double to = Math.log(factors.candidate().attentionFactor() * 2);
        double left = to - GOLDEN * (to - from);
        double right = from + GOLDEN * (to - from);
        double atLeft = difference(factors, left, evidence);
        double atRight = difference(factors, right, evidence);
        for (int step = 0; step < STEPS; step++) {
            if (atLeft < atRight) {
                to = right;
                right = left;
                atRight = atLeft;
                left = to - GOLDEN * (to - from);
                atLeft = difference(factors, left, evidence);
            } else {
                from = left;
                left = right;
                atLeft = atRight;
                right = from + GOLDEN * (to - from);
                atRight = difference(factors, right, evidence);
            }
        }
        return factors.withTemperature(Math.exp((from + to) / 2));
    }

    private double difference(Hypothesis factors, double logFactor, Evidence evidence) {
        return compare(factors.withTemperature(Math.exp(logFactor)), evidence).difference();
    }

    private Comparison compare(Hypothesis hypothesis, Evidence evidence) {
        var losses = model.losses(evidence.tokens, hypothesis.candidate(), Attention.TRAINED);
        double sum = 0;
        int positions = 0;
        for (int i = 1; i < evidence.tokens.length; i++) {
            if (!Double.isNaN(evidence.logprobs[i])) {
                sum += Math.abs(-losses[i - 1] - evidence.logprobs[i]);
                positions++;
            }
        }
        return new Comparison(hypothesis, sum / positions, positions);
    }

    private static double[] unknown(int length) {
        var logprobs = new double[length];
        Arrays.fill(logprobs, Double.NaN);
        return logprobs;
    }
}
