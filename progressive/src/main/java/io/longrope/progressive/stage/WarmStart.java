package io.longrope.progressive.stage;

import io.longrope.progressive.plan.StartPlan;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The table a plan lets a search start from, stretched to its length. */
final class WarmStart {

    private WarmStart() {
    }

    /** Empty where the plan names none. The table as it is; a note says how far from it the search begins. */
    static Map<String, Candidate> of(SearchTask task, SearchSpace space) {
        var candidates = new LinkedHashMap<String, Candidate>();
        task.plan().start().ifPresent(start -> {
            double ratio = task.context().geometry().extensionRatio(task.length());
            var table = StartPlan.nearest(start.stage().map(stage -> found(stage, task.context())).orElse(start.tables()), ratio);
            var candidate = table.stretchedTo(ratio);
            var enters = space.candidate(space.nearest(candidate));
            task.context().listener().note(task.stage(), String.format(Locale.ROOT, "starts from %s at ratio %s%s · %s", start.name(),
                    number(table.extensionRatio()), candidate.equals(table.candidate()) ? "" : ", stretched to " + number(ratio),
                    moves(candidate, enters)));
            candidates.put("the table of " + start.name(), candidate);
        });
        return candidates;
    }

    private static List<StartPlan.Table> found(String stage, StageContext context) {
        return context.findings().searched().stream().filter(finding -> finding.stage().equals(stage))
                .map(finding -> new StartPlan.Table(context.geometry().extensionRatio(finding.length()),
                finding.entry().shared())).toList();
    }

    /** How far monotone fit, range and grid take a table. */
    static String moves(Candidate table, Candidate enters) {
        double sum = 0;
        double widest = 0;
        int pair = 0;
        int pairs = table.factors().pairs();
        for (int i = 0; i < pairs; i++) {
            double move = Math.abs(enters.factors().get(i) / table.factors().get(i) - 1);
            sum += move;
            if (move > widest) {
                widest = move;
                pair = i;
            }
        }
        if (enters.equals(table)) {
            return "it is in the space as it is";
        }
        return String.format(Locale.ROOT,
                "moved into the space: factors by %.2f %% on average, at most %.2f %% (pair %d), n̂ %d -> %d, attention factor %.3f -> "
                + "%.3f",
                100 * sum / pairs, 100 * widest, pair, table.startTokens(), enters.startTokens(), table.attentionFactor(),
                enters.attentionFactor());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.2f", value);
    }
}
