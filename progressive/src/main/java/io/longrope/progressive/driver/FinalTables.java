package io.longrope.progressive.driver;

import io.longrope.progressive.stage.Finding;
import io.longrope.progressive.stage.Findings;
import io.longrope.progressive.stage.StageContext;
import io.longrope.search.evaluation.SampleShare;
import io.longrope.search.evaluation.Score;
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
 * @param last  what to run the final checkpoint with
 */
public record FinalTables(Optional<FactorTable> base, FactorTable last) {

    static FinalTables of(StageContext context) throws InterruptedException {
        var findings = context.findings();
        var base = findings.on(findings.base());
        var baseTable = base.isEmpty() ? Optional.<FactorTable>empty() : Optional.of(table(context, base.stream().map(Finding::entry).toList(), base));
        if (findings.tuning().isEmpty()) {
            return new FinalTables(baseTable, baseTable.orElseThrow());
        }
        var last = findings.on(findings.latest());
        var entries = new ArrayList<>(last.stream().map(Finding::entry).toList());
        int tunedLength = findings.tuning().get().length();
        if (entries.stream().noneMatch(entry -> entry.length() == tunedLength)) {
            entries.add(tunedEntry(context, findings));
        }
        entries.sort(Comparator.comparingInt(TableEntry::length));
        return new FinalTables(baseTable, table(context, entries, last));
    }

    /** The table trained with, measured on what training made of the model. */
    private static TableEntry tunedEntry(StageContext context, Findings findings) throws InterruptedException {
        int length = findings.tuning().orElseThrow().length();
        var withoutStartTokens = findings.tuning().orElseThrow().candidate();
        var searched = findings.lastFor(length).orElseThrow().entry().best().candidate();
        int count = context.plan().data().samples(SampleShare.SELECTION, length);
        var samples = context.scoring().samples(SampleShare.SELECTION, count, length);
        var scores = context.scoring().scores(findings.latest(), samples, List.of(withoutStartTokens, searched));
        var protocol = "perplexity of " + count + " samples of " + length + " tokens, selection share of " + context.plan().data().evaluation();
        var twin = measured(withoutStartTokens, scores.get(0));
        return scores.get(0).loss() <= scores.get(1).loss()
                ? new TableEntry(length, twin, Optional.empty(), protocol)
                : new TableEntry(length, measured(searched, scores.get(1)),
                        searched.startTokens() == 0 ? Optional.empty() : Optional.of(twin), protocol);
    }

    private static Measured measured(Candidate candidate, Score score) {
        double perplexity = score.perplexity();
        return new Measured(candidate, Double.isFinite(perplexity) ? OptionalDouble.of(perplexity) : OptionalDouble.empty());
    }

    private static FactorTable table(StageContext context, List<TableEntry> entries, List<Finding> findings) {
        var provenance = new ArrayList<String>();
        provenance.add("job " + context.plan().name() + ", plan " + context.plan().fingerprint());
        findings.forEach(finding -> provenance.add(finding.length() + ": stage " + finding.stage()));
        context.findings().tuning().filter(tuning -> findings.stream().anyMatch(finding -> finding.model().equals(context.findings().latest())))
                .ifPresent(tuning -> provenance.add("fine-tuned with the factors of " + tuning.length()));
        return new FactorTable(context.plan().model(), context.geometry(), entries, provenance);
    }
}
