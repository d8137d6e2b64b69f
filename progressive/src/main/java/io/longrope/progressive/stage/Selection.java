package io.longrope.progressive.stage;

import io.longrope.search.evaluation.Score;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The choice among a search's finalists, their twins without start tokens, and the known methods, on samples the search
 * never saw: the best of a few samples can be worse on others.
 *
 * @param length     target length
 * @param contenders every candidate with its score, in the order entered; equal candidates once
 * @param searched   perplexity of the search's own best on the samples of the search
 * @param engineForm what inference engines make of a candidate: n̂ = 0 at least
 */
public record Selection(int length, List<Contender> contenders, double searched, UnaryOperator<Candidate> engineForm) {

    /** Engines know no start tokens. */
    static final UnaryOperator<Candidate> NO_START_TOKENS = candidate -> candidate.withStartTokens(0);

    private static final String FOR_ENGINES = " as engines run it";

    /**
     * A candidate and how it did.
     *
     * @param name         what it is, for logs
     * @param known        it needed no search
     * @param sampleLosses one per sample; empty when it diverged
     */
    public record Contender(String name, Candidate candidate, boolean known, double loss, List<Double> sampleLosses) {

        public double perplexity() {
            return Math.exp(loss);
        }

        /** Better than another by more than one standard error of the differences between them, sample by sample. */
        boolean isClearlyBetterThan(Contender other) {
            int count = sampleLosses.size();
            if (count != other.sampleLosses.size() || count < 2) {
                return loss < other.loss;
            }
            var differences = IntStream.range(0, count).mapToDouble(i -> other.sampleLosses.get(i) - sampleLosses.get(i)).toArray();
            double mean = Arrays.stream(differences).average().orElseThrow();
            double variance = Arrays.stream(differences).map(difference -> (difference - mean) * (difference - mean)).sum() / (count - 1);
            return mean > Math.sqrt(variance / count);
        }
    }

    /** Contenders by name, without candidates that are already in. */
    static Map<String, Candidate> lineUp(List<Candidate> finalists, Map<String, Candidate> rivals, UnaryOperator<Candidate> engineForm) {
        var lineUp = new LinkedHashMap<String, Candidate>();
        rivals.forEach((name, candidate) -> {
            enter(lineUp, name, candidate);
            enter(lineUp, name + FOR_ENGINES, engineForm.apply(candidate));
        });
        for (int i = 0; i < finalists.size(); i++) {
            enter(lineUp, "finalist " + (i + 1), finalists.get(i));
            enter(lineUp, "finalist " + (i + 1) + FOR_ENGINES, engineForm.apply(finalists.get(i)));
        }
        return lineUp;
    }

    /** @param known the contenders that needed no search, by name */
    static Selection of(int length, Map<String, Candidate> lineUp, Set<String> known, List<Score> scores, double searched,
                        UnaryOperator<Candidate> engineForm) {
        var contenders = new ArrayList<Contender>();
        var score = scores.iterator();
        lineUp.forEach((name, candidate) -> {
            var next = score.next();
            contenders.add(new Contender(name, candidate, known.contains(name.replace(FOR_ENGINES, "")), next.loss(), next.sampleLosses()));
        });
        return new Selection(length, List.copyOf(contenders), searched, engineForm);
    }

    /**
     * The lowest loss, of equals the one entered first; but a searched candidate must be clearly better than every known
     * method, or the best of those is kept.
     */
    public Contender winner() {
        return winner(contenders);
    }

    /** The same choice among those that inference engines can run. */
    public Contender winnerForEngines() {
        return winner(contenders.stream().filter(one -> engineForm.apply(one.candidate()).equals(one.candidate())).toList());
    }

    private static Contender winner(List<Contender> contenders) {
        var best = best(contenders).orElseThrow();
        var known = best(contenders.stream().filter(Contender::known).toList());
        return known.filter(rival -> !best.isClearlyBetterThan(rival)).orElse(best);
    }

    /** @throws BadInput when every contender diverged */
    TableEntry entry(String protocol) {
        if (Double.isInfinite(winner().loss())) {
            throw new BadInput("length " + length, "must have a candidate whose perplexity is finite", "none of " + contenders.size(), "");
        }
        var twin = winnerForEngines();
        return new TableEntry(length, measured(winner()), twin.equals(winner()) ? Optional.empty() : Optional.of(measured(twin)), protocol);
    }

    private static Optional<Contender> best(List<Contender> contenders) {
        return contenders.stream().min(Comparator.comparingDouble(Contender::loss));
    }

    private static Measured measured(Contender contender) {
        double perplexity = contender.perplexity();
        return new Measured(contender.candidate(), Double.isFinite(perplexity) ? OptionalDouble.of(perplexity) : OptionalDouble.empty());
    }

    private static void enter(Map<String, Candidate> lineUp, String name, Candidate candidate) {
        if (!lineUp.containsValue(candidate)) {
            lineUp.put(name, candidate);
        }
    }
}
