package io.longrope.progressive.stage;

import io.longrope.search.work.SampleShare;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A job's factor tables.
 *
 * @param base  what was searched on the base model; empty when nothing was
 * @param tuned what to run the checkpoint of each fine-tune with, in their order
 */
public record FinalTables(Optional<FactorTable> base, List<FactorTable> tuned) {

    /** Scores what training with a table made of it, where no search on the checkpoint did. */
    public static FinalTables of(StageContext context) throws InterruptedException {
        var findings = context.findings();
        var searched = findings.on(findings.base());
        var base = searched.isEmpty() ? Optional.<FactorTable>empty()
                : Optional.of(table(context, entries(searched), searched, Optional.empty()));
        var tuned = new ArrayList<FactorTable>();
        for (var tuning : findings.tunings()) {
            tuned.add(tuned(context, tuning));
        }
        return new FinalTables(base, List.copyOf(tuned));
    }

    /** What to run the last checkpoint with. */
    public FactorTable last() {
        return tuned.isEmpty() ? base.orElseThrow() : tuned.get(tuned.size() - 1);
    }

    private static FactorTable tuned(StageContext context, Findings.Tuning tuning) throws InterruptedException {
        var searched = context.findings().on(tuning.model());
        var entries = new ArrayList<>(entries(searched));
        if (entries.stream().noneMatch(entry -> entry.length() == tuning.length())) {
            entries.add(tunedEntry(context, tuning));
        }
        entries.sort(Comparator.comparingInt(TableEntry::length));
        return table(context, entries, searched, Optional.of(tuning).filter(one -> !searched.isEmpty()));
    }

    private static List<TableEntry> entries(List<Finding> findings) {
        return findings.stream().map(Finding::entry).toList();
    }

    /** The table trained with, measured on what training made of the model. */
    private static TableEntry tunedEntry(StageContext context, Findings.Tuning tuning) throws InterruptedException {
        int length = tuning.length();
        var samples = context.samples(SampleShare.SELECTION, length);
        var scores = context.scoring().evaluate(tuning.model(), samples, List.of(tuning.candidate(), tuning.searched()));
        var protocol = context.selectionProtocol(length);
        var twin = measured(tuning.candidate(), scores.get(0));
        return scores.get(0).loss() <= scores.get(1).loss()
                ? new TableEntry(length, twin, Optional.empty(), protocol)
                : new TableEntry(length, measured(tuning.searched(), scores.get(1)),
                        tuning.searched().startTokens() == 0 ? Optional.empty() : Optional.of(twin), protocol);
    }

    private static Measured measured(Candidate candidate, Evaluation score) {
        double perplexity = score.perplexity();
        return new Measured(candidate, Double.isFinite(perplexity) ? OptionalDouble.of(perplexity) : OptionalDouble.empty());
    }

    private static FactorTable table(StageContext context, List<TableEntry> entries, List<Finding> findings,
            Optional<Findings.Tuning> tuning) {
        var provenance = new ArrayList<String>();
        provenance.add("job " + context.plan().name() + ", plan " + context.plan().fingerprint());
        findings.forEach(finding -> provenance.add(finding.length() + ": stage " + finding.stage()));
        tuning.ifPresent(one -> provenance.add("fine-tuned with the factors of " + one.length()));
        return new FactorTable(context.plan().model(), context.geometry(), entries, provenance);
    }
}
