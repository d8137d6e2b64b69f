package io.longrope.progressive.stage;

import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/**
 * The choice among a search's finalists, their twins without start tokens, and the known methods, on samples the search
 * never saw: the best of a few samples can be worse on others.
 *
 * @param length     target length
 * @param contenders every candidate with its score, in the order entered; equal candidates once
 * @param engineForm what inference engines make of a candidate: n̂ = 0 and one row for all layers at least
 */
public record Selection(int length, List<Contender> contenders, UnaryOperator<Candidate> engineForm) {

    /** Engines know no start tokens, and one table for all layers. */
    static final UnaryOperator<Candidate> ENGINES = Candidate::forEngines;

    private static final String FOR_ENGINES = " as engines run it";

    /**
     * A candidate and how it did.
     *
     * @param name         what it is, for logs
     * @param known        it needed no search
     * @param searchLoss   its loss on the samples of the search; empty when it was not scored there
     * @param loss         its loss on the selection samples, by the objective of the search as all losses here
     * @param sampleLosses one per selection sample; empty when it diverged
     */
    public record Contender(String name, Candidate candidate, boolean known, OptionalDouble searchLoss, double loss,
            List<Double> sampleLosses) {

        /** Of the answers alone where needles are the objective. */
        public double perplexity() {
            return StrictMath.exp(loss);
        }

        /** On the samples of the search. */
        public OptionalDouble searchPerplexity() {
            return searchLoss.isPresent() ? OptionalDouble.of(StrictMath.exp(searchLoss.getAsDouble())) : searchLoss;
        }

        /**
         * How much higher the perplexity is on samples the search never saw, as a share. The samples differ in difficulty
         * too, which the known methods show: a searched candidate whose gap is wider than theirs was fitted to its samples.
         */
        public OptionalDouble gap() {
            return searchLoss.isPresent() ? OptionalDouble.of(StrictMath.expm1(loss - searchLoss.getAsDouble())) : searchLoss;
        }

        /** Better than another by more than one standard error of the differences between them, sample by sample. */
        boolean isClearlyBetterThan(Contender other) {
            int count = sampleLosses.size();
            if (count != other.sampleLosses.size() || count < 2) {
                return loss < other.loss;
            }
            double mean = 0;
            for (int i = 0; i < count; i++) {
                mean += (other.sampleLosses.get(i) - sampleLosses.get(i)) / count;
            }
            double squares = 0;
            for (int i = 0; i < count; i++) {
                double apart = other.sampleLosses.get(i) - sampleLosses.get(i) - mean;
                squares += apart * apart;
            }
            return mean > Math.sqrt(squares / (count - 1) / count);
        }
    }

    /** Contenders by name, without candidates that are already in. */
    static Map<String, Candidate> lineUp(List<Candidate> finalists, Map<String, Candidate> rivals, UnaryOperator<Candidate> engineForm) {
        var entrants = new LinkedHashMap<>(rivals);
        for (int i = 0; i < finalists.size(); i++) {
            entrants.put("finalist " + (i + 1), finalists.get(i));
        }
        return lineUp(entrants, engineForm);
    }

    /** Each with what engines make of it, without candidates that are already in. */
    static Map<String, Candidate> lineUp(Map<String, Candidate> entrants, UnaryOperator<Candidate> engineForm) {
        var lineUp = new LinkedHashMap<String, Candidate>();
        entrants.forEach((name, candidate) -> {
            enter(lineUp, name, candidate);
            enter(lineUp, name + FOR_ENGINES, engineForm.apply(candidate));
        });
        return lineUp;
    }

    /**
     * @param known        the contenders that needed no search, by name
     * @param scores       on the selection samples, in the order of the line-up
     * @param searchLosses losses on the samples of the search, of those scored there
     */
    static Selection of(int length, Map<String, Candidate> lineUp, Set<String> known, List<Evaluation> scores,
            Map<Candidate, Double> searchLosses,
                        UnaryOperator<Candidate> engineForm) {
        var contenders = new ArrayList<Contender>();
        var score = scores.iterator();
        lineUp.forEach((name, candidate) -> {
            var next = score.next();
            var searchLoss = searchLosses.containsKey(candidate) ? OptionalDouble.of(searchLosses.get(candidate)) : OptionalDouble.empty();
            contenders.add(new Contender(name, candidate, known.contains(name.replace(FOR_ENGINES, "")), searchLoss, next.loss(),
                    next.sampleLosses()));
        });
        return new Selection(length, List.copyOf(contenders), engineForm);
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

    /**
     * @param perplexity of a contender chosen, measured as the protocol says
     * @throws BadInput when every contender diverged
     */
    TableEntry entry(String protocol, ToDoubleFunction<Contender> perplexity) {
        if (Double.isInfinite(winner().loss())) {
            throw new BadInput("length " + length, "must have a candidate whose perplexity is finite", "none of " + contenders.size(), "");
        }
        var twin = winnerForEngines();
        return new TableEntry(length, measured(winner(), perplexity),
                twin.equals(winner()) ? Optional.empty() : Optional.of(measured(twin, perplexity)), protocol);
    }

    private static Optional<Contender> best(List<Contender> contenders) {
        return contenders.stream().min(Comparator.comparingDouble(Contender::loss));
    }

    private static Measured measured(Contender contender, ToDoubleFunction<Contender> perplexity) {
        double figure = perplexity.applyAsDouble(contender);
        return new Measured(contender.candidate(), Double.isFinite(figure) ? OptionalDouble.of(figure) : OptionalDouble.empty());
    }

    private static void enter(Map<String, Candidate> lineUp, String name, Candidate candidate) {
        if (!lineUp.containsValue(candidate)) {
            lineUp.put(name, candidate);
        }
    }
}
