package io.longrope.progressive.stage;

import io.longrope.search.evaluation.Score;
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

/**
 * The choice among a search's finalists, their twins without start tokens, and the known methods, on samples the search
 * never saw: the best of a few samples can be worse on others.
 *
 * @param length    target length
 * @param contenders every candidate with its score, in the order entered; equal candidates once
 * @param searched  perplexity of the search's own best on the samples of the search
 */
public record Selection(int length, List<Contender> contenders, double searched) {

    /** @param name what it is, for logs */
    public record Contender(String name, Candidate candidate, double loss) {

        public double perplexity() {
            return Math.exp(loss);
        }
    }

    /** Contenders by name, without candidates that are already in. */
    static Map<String, Candidate> lineUp(List<Candidate> finalists, Map<String, Candidate> rivals) {
        var lineUp = new LinkedHashMap<String, Candidate>();
        for (int i = 0; i < finalists.size(); i++) {
            enter(lineUp, "finalist " + (i + 1), finalists.get(i));
            enter(lineUp, "finalist " + (i + 1) + " with n̂ 0", finalists.get(i).withStartTokens(0));
        }
        rivals.forEach((name, candidate) -> enter(lineUp, name, candidate));
        return lineUp;
    }

    static Selection of(int length, Map<String, Candidate> lineUp, List<Score> scores, double searched) {
        var contenders = new ArrayList<Contender>();
        var score = scores.iterator();
        lineUp.forEach((name, candidate) -> contenders.add(new Contender(name, candidate, score.next().loss())));
        return new Selection(length, List.copyOf(contenders), searched);
    }

    /** The lowest loss; of equals the one entered first. */
    public Contender winner() {
        return best(contenders).orElseThrow();
    }

    /** The best contender with n̂ = 0, which is all that inference engines can run. */
    public Contender winnerWithoutStartTokens() {
        return best(contenders.stream().filter(one -> one.candidate().startTokens() == 0).toList()).orElseThrow();
    }

    /** @throws BadInput when every contender diverged */
    TableEntry entry(String protocol) {
        if (Double.isInfinite(winner().loss())) {
            throw new BadInput("length " + length, "must have a candidate whose perplexity is finite", "none of " + contenders.size(), "");
        }
        var twin = winnerWithoutStartTokens();
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
