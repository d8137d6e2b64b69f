package io.longrope.progressive.plan;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.ModelPlan;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.progressive.report.Workload;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.evolution.WorkSharing;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Program;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A proposal as a plan for people to read and change.
 *
 * @param proposal   the stages
 * @param name       of the plan
 * @param model      the checkpoint's path below the models root
 * @param training   the training text's path below the data root
 * @param evaluation the evaluation text's
 * @param engine     what the result is exported to
 * @param start      tables the searches start from
 */
public record PlanText(PlanProposal proposal, String name, String model, String training, String evaluation, String engine,
                       Optional<StartPlan> start) {

    /** The plan without an estimate of its cost, which can only be made of it. */
    public String yaml() {
        var config = proposal.config();
        var text = new StringBuilder();
        line(text, "schema: 1");
        line(text, "name: %s", name);
        line(text, "seed: 42");
        line(text, "model: %s                # below --models", model);
        line(text, "precision: %s", proposal.precision().name().toLowerCase(Locale.ROOT));
        if (proposal.original() != config.rope().originalLength()) {
            line(text, "original-length: %s        # config.json states %d", length(proposal.original()), config.rope().originalLength());
        }
        if (config.rope().rotaryDim() == config.headDim()) {
            line(text, "");
            line(text, "shape:                      # a checkpoint of another shape is refused");
            line(text, "  {layers: %d, hidden: %d, heads: %d, key-value-heads: %d, head-dim: %d, feed-forward: %d, vocabulary: %d, "
                    + "theta: %s, window: %d}",
                    config.layers(), config.hiddenSize(), config.heads(), config.kvHeads(), config.headDim(), config.intermediateSize(),
                    config.vocabSize(),
                    number(config.rope().theta()), config.rope().originalLength());
        }
        line(text, "");
        line(text, "data:                       # below --data; documents of the evaluation text must be longer than the longest search");
        if (proposal.isTuned()) {
            line(text, "  training: %s", training);
        }
        line(text, "  evaluation: %s            # never trained on", evaluation);
        line(text, "  samples: {search: %d, selection: 10, report: 10}", PlanProposal.SAMPLES);
        line(text, "");
        search(text);
        line(text, "");
        stages(text);
        line(text, "");
        line(text, "report:");
        line(text, "  lengths: [%s]", proposal.reportLengths().stream().map(PlanText::length).collect(Collectors.joining(", ")));
        return text.toString();
    }

    /** The plan under a head that says what it does, takes and is for. */
    public String yaml(JobPlan plan, List<String> remarks) {
        var text = new StringBuilder();
        line(text, "# %s: %s -> %s (%s times its window), proposed by `longrope plan`; every value can be changed.", model,
                length(proposal.original()),
                length(proposal.target()), number(proposal.ratio()));
        line(text, "# %s", proposal.isTuned()
                ? "Search, fine-tune, second search on multipliers of the fine-tuned table, recovery of the short windows (arXiv "
                + "2402.13753, §3.3)."
                : "Up to 8 times the window a search alone is enough (arXiv 2402.13753, figure 3); fine-tuning improves it further.");
        line(text, "# Run it with `%1$s run FILE`, or `%1$s submit FILE --bootstrap HOST:9092` for a cluster; then", Program.name());
        line(text, "# `%s export runs/%s --to %s --output DIR`.", Program.name(), name, engine);
        line(text, "#");
        line(text, "# An estimate of what it asks at most; hours assume 40 %% of the stated speed of one %s, and are shared by as many "
                + "as work:",
                proposal.device().id());
        var workload = new Workload(plan, proposal.config(), proposal.precision(), Optional.of(proposal.device()));
        workload.describe().lines().skip(2).forEach(row -> line(text, row.isBlank() ? "#" : "#   %s", row));
        remarks.forEach(remark -> line(text, "# %s", remark));
        line(text, "");
        return text.append(yaml()).toString();
    }

    /** True when a pass at the target fits the device. */
    public boolean fits() {
        return pass().fits(List.of(proposal.memory()));
    }

    /** What a pass at the target takes. */
    public String memory() {
        return Bytes.format(pass().most());
    }

    private ModelPlan pass() {
        return ModelPlan.of(List.of(proposal.device().place()), List.of(proposal.memory()), proposal.config(), proposal.precision(),
                Arithmetic.USUAL_CHUNK, new ModelUse.Scoring(proposal.target(), Attention.TRAINED));
    }

    private void search(StringBuilder text) {
        line(text, "search:                     # every search stage, unless it says otherwise");
        line(text, "  algorithm: %s", proposal.algorithm());
        if (proposal.algorithm().equals("adaptive")) {
            line(text, "  max-evaluations: 200      # each scores 5 samples of the length");
        } else {
            line(text, "  population: 64            # Algorithm 1 of the paper: 64 + 40 x 32 evaluations");
            line(text, "  generations: 40");
        }
        sharing(text, proposal.sharing());
        start.ifPresent(tables -> {
            line(text, "  # tables the searches start from, with every digit; `start: FILE` would read them from a file");
            line(text, "  start: %s", tables.toTree());
        });
        if (isLongRope2()) {
            line(text, "  objective: needle         # of hidden numbers; perplexity: of the whole text");
        }
        if (!proposal.algorithm().equals("longrope")) {
            line(text, "  start-tokens: [0]         # engines know no other n̂, and no other gained: progressive/docs/search-cost.md");
        }
        line(text, "  attention: su             # sqrt(1 + ln s / ln L), what engines compute themselves");
    }

    private void sharing(StringBuilder text, WorkSharing sharing) {
        if (sharing.askAhead() == 0) {
            return;
        }
        int samples = PlanProposal.SAMPLES;
        line(text, "  # for %s with this job alone, whose tasks take about equally long; `longrope bench service --search` "
                + "compares", Plural.of(proposal.workers(), "worker"));
        line(text, "  batch: %-18d # candidates chosen at once: more would keep more workers busy, but each knows less",
                sharing.batch());
        line(text, "  ask-ahead: %-14d # the choice waits for all but so many before it", sharing.askAhead());
        if (sharing.racing()) {
            line(text, "  rungs: %-18s # %d of %s at once, then the others of those not hopeless",
                    sharing.rungs(), sharing.rungs().get(0), Plural.of(samples, "sample"));
        } else {
            line(text, "  racing: %-17s # all %d samples of a candidate at once, a task each: more tokens in less time", false, samples);
        }
    }

    private boolean isLongRope2() {
        return proposal.algorithm().equals("longrope2");
    }

    private void stages(StringBuilder text) {
        line(text, "stages:");
        proposal.baseSearches().forEach(search -> search(text, search));
        proposal.tunes().forEach(tune -> tune(text, tune));
        proposal.multiplierSearches().forEach(search -> search(text, search));
        if (!proposal.recoveries().isEmpty()) {
            line(text, "  # what engines run up to the original window, and just beyond");
            line(text, "  - recovery: {lengths: [%s]%s}",
                    proposal.recoveries().stream().map(PlanText::length).collect(Collectors.joining(", ")),
                    proposal.algorithm().equals("adaptive") ? ", max-evaluations: 100" : isLongRope2() ? ", objective: perplexity" : "");
        }
    }

    private void search(StringBuilder text, PlanProposal.Search search) {
        var settings = new StringBuilder("length: " + length(search.length()));
        settings.append(search.onBase() ? ", on: base" : "").append(search.multipliers() ? ", multipliers: true" : "");
        if (search.isLong()) {
            settings.append(proposal.algorithm().equals("adaptive") ? ", max-evaluations: 60, samples: 3"
                    : ", population: 32, generations: 10, mutations: 8, crossovers: 8, parents: 16, samples: 3");
        }
        line(text, "  - search: {%s}", settings);
    }

    private void tune(StringBuilder text, PlanProposal.Tune tune) {
        if (tune.trainLength() < tune.length()) {
            line(text, "  # on sequences of %s with the factors of %s, as LongRoPE does for Mistral: whole sequences do not fit one "
                    + "device", length(tune.trainLength()),
                    length(tune.length()));
        }
        if (tune.external()) {
            line(text, "  # the built-in trainer cannot take this model on one device: a launcher of yours does, told by LONGROPE_... "
                    + "variables;\n  # the one in configs/ keeps a whole model on each device, larger ones need FSDP");
        }
        line(text, "  - fine-tune: {length: %s%s, steps: %d, batch: %d, learning-rate: %s, schedule: linear, warmup: 20%s}",
                length(tune.length()),
                tune.trainLength() < tune.length() ? ", train-length: " + length(tune.trainLength()) : "", tune.steps(), tune.batch(),
                String.format(Locale.ROOT, "%.1e", tune.learningRate()),
                tune.recompute() ? ", recompute: true" : tune.external()
                ? ",\n                command: [torchrun, --nproc-per-node, \"8\", configs/torchrun_trainer.py], timeout: 14d" : "");
    }

    private static String length(int tokens) {
        return Lengths.format(tokens);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
