package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.progressive.bench.AnalyticTable;
import io.longrope.progressive.bench.BenchDirectory;
import io.longrope.progressive.bench.Entrant;
import io.longrope.progressive.bench.SearchBench;
import io.longrope.progressive.bench.SearchBenchSettings;
import io.longrope.progressive.bench.SearchBenchTable;
import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.RootOptions;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.local.LocalWork;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchBenchmark;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code longrope bench search}: algorithms against each other. */
@Command(name = "search", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Compares search algorithms: what each finds for how many tokens, over several seeds and lengths.",
        footer = {"", "Every algorithm is searched with every seed at every length; search, selection and report samples are disjoint.",
            "All are compared by perplexity, longrope2 too, whose searches in a plan look for needles by default.",
            "Beside them stand the methods they start from, and crop: the model with its own RoPE that sees its last tokens only.",
            "The target is the perplexity longrope reaches on the search samples, median over seeds, or what --target says.",
            "Runs with the same --output add to each other: nothing is measured twice, an interrupted run goes on where",
            "it stopped, and the table is of all that is there.",
            "", "Example: ${ROOT-COMMAND-NAME} bench search java-1m --algorithms longrope,adaptive+racing --max-evaluations adaptive=67 "
            + "--seeds 2 "
            + "--factors 4",
            "Example: ${ROOT-COMMAND-NAME} bench search --analytic --algorithms adaptive,random"})
public final class BenchSearchCommand implements Callable<Integer> {

    private static final int SEEDS = 5;
    private static final int ANALYTIC_SEEDS = 100;

    private final Console console;

    @Parameters(paramLabel = "MODEL", arity = "0..1", defaultValue = "java-1m",
            description = "A checkpoint directory or GGUF file, or its path below --models (default: ${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--algorithms", paramLabel = "NAME", split = ",", defaultValue = "longrope,adaptive+racing,longrope2,random",
            description = "adaptive, longrope, longrope2, random, cma-es, turbo, gradient; with +racing where hopeless candidates stop"
            + " early, +ladder=4:8 where candidates are screened at 4 and 8 times the original length first, +any-order where λ need"
            + " not rise, +groups=N where pairs share one λ in N groups,"
            + " +may-stop=N where the N slowest pairs need not turn, +start-tokens=0 for other n̂ than the paper's,"
            + " +attention=1:1.5 where the attention factor is searched too"
            + " (default: ${DEFAULT-VALUE}).")
    private List<String> algorithms;

    @Option(names = "--seeds", paramLabel = "SEEDS", description = "How many, a range such as 3-5, or a list such as 2,7 (default: " + SEEDS
            + "; " + ANALYTIC_SEEDS + " with --analytic).")
    private String seeds;

    @Option(names = "--factors", paramLabel = "S", split = ",", defaultValue = "4,8,16",
            description = "Lengths, as multiples of the model's original length (default: ${DEFAULT-VALUE}).")
    private List<Integer> factors;

    @Option(names = "--max-evaluations", paramLabel = "NAME=N", split = ",",
            description = "What an algorithm may spend, in candidates scored on all samples;"
            + " where it races, their tokens, on as many candidates as they last for (default: adaptive=134, others 1344).")
    private Map<String, Integer> budgets;

    @Option(names = "--target", paramLabel = "S=PERPLEXITY", split = ",",
            description = "Count what it takes to reach this perplexity on the search samples"
            + " at S times the original length, e.g. what another program came to.")
    private Map<Integer, Double> targets = Map.of();

    @Option(names = "--from", paramLabel = "METHOD", split = ",", defaultValue = "pi,ntk,yarn",
            description = "Methods every search starts from (default: ${DEFAULT-VALUE}).")
    private List<String> from;

    @Option(names = "--text", paramLabel = "PATH", defaultValue = "text/held-out/commons-io-sources.jar",
            description = "Text to score on, below --data (default: ${DEFAULT-VALUE}).")
    private String text;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "5",
            description = "Search samples at each length (default: ${DEFAULT-VALUE}).")
    private int searchSamples;

    @Option(names = "--selection-samples", paramLabel = "N", defaultValue = "6",
            description = "Samples finalists are chosen on (default: ${DEFAULT-VALUE}).")
    private int selectionSamples;

    @Option(names = "--report-samples", paramLabel = "N", defaultValue = "12",
            description = "Samples nothing is chosen on (default: ${DEFAULT-VALUE}).")
    private int reportSamples;

    @Option(names = "--sample-seed", paramLabel = "SEED", defaultValue = "0",
            description = "Decides where samples begin (default: ${DEFAULT-VALUE}).")
    private long sampleSeed;

    @Option(names = "--precision", paramLabel = "FORMAT", description = ScoringOptions.PRECISION)
    private Precision precision;

    @Mixin
    private CopiesOptions copies;

    @Option(names = "--output", paramLabel = "DIR", defaultValue = "runs/bench-search",
            description = "Results, curves.csv, curves.png and the table go there (default: ${DEFAULT-VALUE}).")
    private Path output;

    @Option(names = "--analytic", description = "Search formulas of 48 and 64 dimensions instead of a model.")
    private boolean analytic;

    @Option(names = "--dry-run", description = "Print what it would cost at most, and run nothing.")
    private boolean dryRun;

    @Mixin
    private RootOptions roots;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private FormatOptions format;

    @Mixin
    private LogOptions log;

    public BenchSearchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var entrants = algorithms.stream().map(name -> Entrant.of(name, budgets == null ? Map.of() : budgets)).toList();
        var numbers = SeedList.parse(seeds != null ? seeds : Integer.toString(analytic ? ANALYTIC_SEEDS : SEEDS));
        factors.forEach(factor -> Require.atLeast(2, factor, "--factors"));
        targets.forEach((factor, perplexity) ->
                Require.that(perplexity >= 1, "--target " + factor, "must be a perplexity, at least 1", perplexity));
        from.forEach(RopeScalings::named);
        if (analytic) {
            searchFormulas(entrants, numbers);
        } else if (dryRun) {
            printCost(entrants, numbers.size());
        } else {
            searchModel(entrants, numbers);
        }
        return 0;
    }

    private void searchFormulas(List<Entrant> entrants, List<Long> numbers) throws IOException, InterruptedException {
        Require.that(numbers.get(numbers.size() - 1) == numbers.size(), "--seeds", "must be how many with --analytic", seeds);
        entrants.forEach(entrant -> Require.that(!SearchAlgorithms.named(entrant.algorithm()).asksForSlopes(), "--algorithms",
                "must need no gradients with --analytic: of the formulas none is known", entrant.name()));
        // with the paper's budget the reference is there already
        var others = entrants.stream()
                .filter(entrant -> !entrant.algorithm().equals(Entrant.REFERENCE) || entrant.maxEvaluations() != Entrant.PAPER_BUDGET)
                .map(entrant -> new SearchBenchmark.Entrant(entrant.algorithm(), entrant.maxEvaluations())).toList();
        var table = new AnalyticTable(SearchBenchmark.run(AnalyticProblem.all(), others, numbers.size()));
        format.print(console, table);
    }

    private void searchModel(List<Entrant> entrants, List<Long> numbers) throws IOException, InterruptedException {
        new LocalFiles(roots.models(), roots.data()).checkText(text);
        var settings = new SearchBenchSettings(Checkpoint.open(checkpoint()).fingerprint(), text, Map.of(SampleShare.SEARCH, searchSamples,
                SampleShare.SELECTION, selectionSamples, SampleShare.REPORT, reportSamples), sampleSeed, precision(), from);
        var config = Checkpoint.config(checkpoint());
        int longest = factors.stream().mapToInt(factor -> length(config, factor)).max().orElseThrow();
        var session = copies.session();
        int count = copies.count(session, copies.plan(config, precision(), new ModelUse.Scoring(longest, Attention.TRAINED)));
        try (var directory = BenchDirectory.open(output, settings);
             var local = new LocalWork(new LocalWork.Subject(checkpoint(), text, sampleSeed, precision()), count,
                     copies.setting(checkpoint(), cache.book(console, roots.data()), roots.data(), session), directory.known(),
                     directory.listener(), Clock.systemUTC())) {
            var bench = new SearchBench(settings, local, directory);
            for (int factor : factors) {
                bench.seeds(factor);
                for (long seed : numbers) {
                    for (var entrant : entrants) {
                        bench.search(entrant, seed, factor);
                    }
                }
            }
            directory.draw();
            var table = SearchBenchTable.of(directory.points(), targets);
            directory.write("table.md", table.table().markdown());
            directory.write("table.csv", table.exactTable().csv());
            format.print(console, table);
        }
    }

    private void printCost(List<Entrant> entrants, int seedCount) {
        var config = Checkpoint.config(checkpoint());
        var rows = new ArrayList<List<String>>();
        long total = 0;
        for (int factor : factors) {
            int length = length(config, factor);
            for (var entrant : entrants) {
                long tokens = (long) seedCount * length * SearchBench.samples(entrant, searchSamples, selectionSamples, reportSamples);
                rows.add(List.of(Lengths.format(length), entrant.name(), Integer.toString(seedCount),
                        count((long) seedCount * entrant.maxEvaluations()), Quantities.brief(tokens)));
                total += tokens;
            }
        }
        console.out().println(new TextTable(List.of("length", "algorithm", "seeds", "evaluations", "tokens"), rows, 2).aligned());
        console.out().println("at most " + Quantities.brief(total) + " tokens with selection and report; known scores cost nothing");
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static int length(ModelConfig config, int factor) {
        return Math.multiplyExact(config.rope().originalLength(), factor);
    }

    private Precision precision() {
        return precision == null ? Checkpoint.precision(checkpoint()) : precision;
    }

    private Path checkpoint() {
        return Checkpoint.isAt(Path.of(model)) ? Path.of(model) : new LocalFiles(roots.models(), roots.data()).checkpoint(model);
    }
}
