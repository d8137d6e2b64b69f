package io.longrope.progressive.plan;

import io.longrope.evaluator.checkpoint.ModelCopy;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.SampleShare;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PlanReaderTest extends PlanTexts {

    private static final SpacePlan PAPERS_SPACE = new SpacePlan(0.01, true, 0, 0,
            List.of(0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256),
            AttentionPlan.of(AttentionTemperature.longrope()), 0, 1, 0, List.of());

    @Test
    void defaultsAreAFewEvaluationsInThePapersSpace() {
        var plan = read(SMALL);
        var search = ((SearchStagePlan) plan.stages().get(0)).search();
        assertThat(plan.precision()).as("that of the checkpoint").isEmpty();
        assertThat(plan).extracting(JobPlan::threads, JobPlan::reproducible, JobPlan::givenUp, JobPlan::modelCopy, JobPlan::startToken)
                .containsExactly(1, true, GivenUp.INCOMPLETE, Optional.empty(), StartToken.AUTO);
        assertThat(plan.seed()).isZero();
        assertThat(plan.data().samples(SampleShare.SEARCH, 256)).isEqualTo(5);
        assertThat(search).isEqualTo(search("adaptive", SearchSettings.builder().racing(true).seed(0).build(), 5, PAPERS_SPACE, 0, 0.02));
        assertThat(search.settings()).extracting(SearchSettings::population, SearchSettings::generations, SearchSettings::mutations,
                SearchSettings::crossovers, SearchSettings::parents, SearchSettings::mutationProbability, SearchSettings::finalists)
                .containsExactly(64, 40, 16, 16, 32, 0.3, 5);
        assertThat(search.evaluations()).isEqualTo(134);
        assertThat(search("longrope", search.settings(), 5, PAPERS_SPACE, 0, 0.02).evaluations()).isEqualTo(1344);
        assertThat(plan.stages()).extracting(StagePlan::name).containsExactly("search-1024", "fine-tune-1024", "search-2048", "recovery");
        assertThat(plan.report()).isEqualTo(new ReportPlan(List.of(256, 512, 1024, 2048), List.of("original", "pi", "ntk", "dynamic-ntk",
                "yarn"), List.of(), Optional.empty()));
    }

    @Test
    void everyKeyIsRead() throws IOException {
        var text = """
                schema: 1
                name: all
                seed: 7
                model: tiny
                shape: {layers: 4, hidden: 128, heads: 4, key-value-heads: 2, head-dim: 32, feed-forward: 352, vocabulary: 256,
                        theta: 10000, window: 256}
                original-length: 128
                precision: bf16
                threads: 2
                reproducible: false
                given-up: worst
                model-copy: refer
                start-token: 3
                data: {training: a.txt, evaluation: b.txt, samples: {search: 2, selection: 3, report: 4}, tokens: {selection: 4k}}
                search: {algorithm: random, population: 8, generations: 2, mutations: 3, crossovers: 4, parents: 5, probability: 0.5,
                         grid: 0.1, monotone: false, groups: 4, may-stop: 3, start-tokens: [0, 3], attention: 1.2, finalists: 2, max-evaluations: 9,
                         patience: 1, samples: 6, racing: true, rungs: [1, 3], batch: 5, ask-ahead: 11, critical-pair: 7, max-tokens: 9000000000, reach: 1.5,
                         min-factor: 0.9, max-factor: 30,
                         bounds: [{pairs: [0, 3], factors: [1, 1.5]}], fresh-samples: false, short-tolerance: 0.1,
                         rivals: [yarn, ntk], evaluator: other, evaluator-method: ntk, ladder: {lengths: [512, 256], samples: 3, keep: 0.5}}
                stages:
                  - search: {name: first, length: 1k, on: base, multipliers: false, population: 9}
                  - search: {name: both, length: 1k, on: base, algorithm: nsga2, racing: false, short-length: 128, start: {stage: first}}
                  - search: {name: fresh, length: 1k, on: base, algorithm: longrope, fresh-samples: true, patience: 0, max-evaluations: 0,
                             max-tokens: 0, attention: [1, 1.3]}
                  - fine-tune: {name: tune, length: 1k, train-length: 512, steps: 10, batch: 8, micro-batch: 4, learning-rate: 1.0e-3,
                                schedule: cosine, warmup: 2, clip: 0.5, weight-decay: 0.1, beta1: 0.8, beta2: 0.95, precision: bf16,
                                recompute: true, positions: pose, chunks: 3, short-share: 0.25, retrieval-share: 0.125, long-ce: 128,
                                lora: {rank: 4, alpha: 6, targets: [q, down]},
                                held-out-every: 2, held-out-samples: 3, checkpoint-every: 5,
                                command: [train.sh, "--out={output}"], timeout: 2h}
                  - recovery: {name: back, lengths: [64, 128], max-factor: 3}
                report: {lengths: [64, 1k], methods: [yarn], fine-tuned: [yarn, pi],
                         retrieval: {lengths: [1k, 512], depths: [1, 0.5], trials: 3}}
                """;
        var plan = read(text);
        var settings = SearchSettings.builder().population(9).generations(2).mutations(3).crossovers(4).parents(5).mutationProbability(0.5)
                .finalists(2).maxEvaluations(9).patience(1).racing(true).rungs(List.of(1, 3)).batch(5).askAhead(11).criticalPair(7)
                .maxTokens(9_000_000_000L).seed(0).build();
        var space = new SpacePlan(0.1, false, 4, 3, List.of(0, 3), AttentionPlan.of(AttentionTemperature.constant(1.2)), 1.5, 0.9, 30,
                List.of(new SpacePlan.PairBounds(0, 3, 1, 1.5)));
        var search = new SearchPlan("random", Objective.PERPLEXITY, settings, 6, space, 0, 0.1, Optional.empty(), List.of("yarn", "ntk"),
                Optional.of("other"), Optional.of("ntk"), Optional.of(new LadderPlan(List.of(256, 512), 3, 0.5)));
        var inherited = settings.toBuilder().population(8);
        assertThat(plan).extracting(JobPlan::precision, JobPlan::threads, JobPlan::reproducible, JobPlan::givenUp, JobPlan::modelCopy,
                JobPlan::startToken)
                .containsExactly(Optional.of(Precision.BF16), 2, false, GivenUp.WORST, Optional.of(ModelCopy.REFER), StartToken.parse("3"));
        assertThat(plan.shape()).contains(new ModelShape(4, 128, 4, 2, 32, 352, 256, 10_000, 256));
        assertThat(plan.geometry(new RopeGeometry(32, 10_000, 256)).originalLength()).isEqualTo(128);
        assertThat(plan.stages()).containsExactly(
                new SearchStagePlan("first", 1024, SearchStagePlan.On.BASE, false, search),
                new SearchStagePlan("both", 1024, SearchStagePlan.On.BASE, false, new SearchPlan("nsga2", Objective.PERPLEXITY,
                        inherited.racing(false).askAhead(0).build(), 6, space,
                        128, 0.1, Optional.of(StartPlan.stage("first")), search.rivals(), Optional.of("other"), Optional.of("ntk"),
                        Optional.empty())),
                new SearchStagePlan("fresh", 1024, SearchStagePlan.On.BASE, false, new SearchPlan("longrope", Objective.PERPLEXITY,
                        inherited.freshSamples(true).patience(0).maxEvaluations(0).maxTokens(Long.MAX_VALUE).build(), 6,
                        new SpacePlan(0.1, false, 4, 3, List.of(0, 3), AttentionPlan.searched(1, 1.3), 1.5, 0.9, 30, space.bounds()),
                                0, 0.1, Optional.empty(), search.rivals(), Optional.of("other"), Optional.of("ntk"), Optional.empty())),
                new FineTuneStagePlan("tune", 1024, 512, new TrainingSettings(10, 8, 4, new AdamW(1e-3, Schedule.COSINE, 2, 0.5, 0.1, 0.8,
                        0.95), Precision.BF16,
                        true, 31 * 7 + "tune".hashCode(), 5), SequenceSettings.Positions.POSE, 3, 0.25, 0.125, Optional.of(128),
                        Optional.of(new LoraSettings(4, 6, List.of(LoraSettings.Target.Q, LoraSettings.Target.DOWN))), 2, 3,
                        Optional.of(List.of("train.sh", "--out={output}")), Optional.of(Duration.ofHours(2))),
                new RecoveryStagePlan("back", List.of(64, 128), new SearchPlan("random", Objective.PERPLEXITY, settings.toBuilder()
                        .population(8).build(), 6,
                        new SpacePlan(0.1, false, 4, 3, List.of(0, 3), space.attention(), 1.5, 0.9, 3, space.bounds()),
                                0, 0.1, Optional.empty(), search.rivals(), Optional.of("other"), Optional.of("ntk"), search.ladder())));
        assertThat(Json.mapper().readValue(Json.write(plan), JobPlan.class)).isEqualTo(plan);
        assertThat(plan.report()).isEqualTo(new ReportPlan(List.of(64, 1024), List.of("yarn"), List.of("yarn", "pi"),
                Optional.of(new RetrievalPlan(List.of(Retrieval.PASSKEY), List.of(512, 1024), List.of(0.5, 1.0), 3, List.of()))));
        assertThat(plan.data().samples(SampleShare.SEARCH, 1024)).isEqualTo(2);
        assertThat(plan.data().samples(SampleShare.SELECTION, 1024)).isEqualTo(4);
        assertThat(plan.data().samples(SampleShare.SELECTION, 1000)).isEqualTo(5);
        assertThat(plan.data().samples(SampleShare.SELECTION, 4096)).isEqualTo(3);
    }

    @Test
    void fineTuningIsOfAllWeightsInFloat32UnlessThePlanSaysOtherwise() {
        var tune = (FineTuneStagePlan) read(SMALL).stages().get(1);
        assertThat(tune).isEqualTo(new FineTuneStagePlan("fine-tune-1024", 1024, 1024,
                new TrainingSettings(10, 32, 1, new AdamW(2e-5, Schedule.LINEAR, 0, 1.0, 0.0, 0.9, 0.999), Precision.F32, false,
                        "fine-tune-1024".hashCode(), 50),
                SequenceSettings.Positions.CONTIGUOUS, 2, 0, 0, Optional.empty(), Optional.empty(), 0, 8, Optional.empty(),
                Optional.empty()));
        var lora = (FineTuneStagePlan) read(SMALL.replace("steps: 10", "steps: 10, lora: {rank: 8}")).stages().get(1);
        assertThat(lora.lora()).contains(new LoraSettings(8, 16, List.of(LoraSettings.Target.values())));
    }

    @Test
    void whatTrainingCannotDoIsRefused() {
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, precision: f16"))).singleElement().asString()
                .contains("precision must be f32 or bf16");
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, short-share: 1"))).singleElement().asString()
                .contains("short-share must be");
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, lora: {rank: 2, targets: [q, x], rnak: 3}"))).containsExactlyInAnyOrder(
                "stages[1].fine-tune.lora.targets must be a list of q, k, v, o, gate, up, down, but was [\"q\",\"x\"]",
                "stages[1].fine-tune.lora.rnak must be a key of a plan here, but was unknown; did you mean 'rank'?");
    }

    @Test
    void jsonFormRoundTripsAndNamesTheJob() throws IOException {
        var plan = read(SMALL.replace("steps: 10", "steps: 10, lora: {rank: 2}, positions: random"));
        var json = Json.write(plan);
        assertThat(Json.mapper().readValue(json, JobPlan.class)).isEqualTo(plan);
        assertThat(JobPlan.fromTree(plan.toTree()).fingerprint()).isEqualTo(plan.fingerprint()).hasSize(64);
        var small = read(SMALL);
        assertThat(read(SMALL + "seed: 1\n").fingerprint()).isNotEqualTo(small.fingerprint());
        assertThat(read("# a comment changes nothing\nseed: 0\n" + SMALL).fingerprint()).isEqualTo(small.fingerprint());
    }

    @Test
    void everyProblemIsReportedAtOnceUnderItsKey() {
        var text = SMALL.replace("model: tiny", "model: lost").replace("length: 2k", "length: 2x")
                .replace("steps: 10", "steps: 0, warm-up: 3")
                + "reprot: {}\nsearch: {probability: 1.5, populaton: 8, algorithm: longrop}\nname: Twice\n";
        assertThat(problems(text.replace("name: small\n", ""))).containsExactlyInAnyOrder(
                "name must be lower-case letters, digits, dots and dashes, at most 80, but was 'Twice'",
                "search.probability must be a number above 0 and at most 1, but was 1.5",
                "search.algorithm must be one of adaptive, longrope, longrope2, random, cma-es, turbo, gradient, per-layer, nsga2, but was 'longrop'",
                "search.populaton must be a key of a plan here, but was unknown; did you mean 'population'?",
                "stages[1].fine-tune.steps must be a whole number of at least 1, but was 0",
                "stages[1].fine-tune.warm-up must be a key of a plan here, but was unknown; did you mean 'warmup'?",
                "stages[2].search.length must be a length in tokens, such as 1024 or 128k, but was '2x'",
                "reprot must be a key of a plan here, but was unknown; did you mean 'report'?",
                "model must be a checkpoint directory below the models root, but was lost");
    }

    @Test
    void trainingCommandsAreWordsOfWhichPlaceholdersAreKnown() {
        var tune = (FineTuneStagePlan) read(SMALL.replace("steps: 10", "steps: 10, command: 'sh train.sh {model} {train-length}'")).stages()
                .get(1);
        assertThat(tune.program().orElseThrow().words(Map.of(TrainingCommand.Variable.MODEL, "a b", TrainingCommand.Variable.TRAIN_LENGTH,
                "512")))
                .containsExactly("sh", "train.sh", "a b", "512");
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, command: [sh, \"{ouput}\"]"))).singleElement().asString()
                .contains("fine-tune.command must use known placeholders, but was {ouput}; did you mean 'output'?");
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, timeout: 5"))).singleElement().asString()
                .contains("timeout must be a time such as 90s, 30m, 72h or 14d, but was 5");
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, timeout: 5s"))).singleElement().asString()
                .contains("timeout must come with the command it is for");
        assertThat(problems(SMALL.replace("steps: 10", "steps: 10, command: []"))).singleElement().asString()
                .contains("command must be a program with its arguments");
    }

    @Test
    void lengthsThatCannotWorkTogetherAreRefused() {
        assertThat(problems("""
                schema: 1
                name: small
                model: tiny
                data: {evaluation: held-out.jar}
                stages:
                  - search: {length: 256}
                  - search: {length: 4k, multipliers: true}
                  - fine-tune: {length: 2k, steps: 1}
                  - fine-tune: {length: 4k, steps: 1}
                  - search: {length: 2k}
                  - recovery: {lengths: [512, 8k]}
                report: {lengths: [16k]}
                """)).containsExactlyInAnyOrder(
                "data must name a text below the data root, but was held-out.jar",
                "stages[0].search.length must be above the model's original length, 256, but was 256",
                "stages[1].search.multipliers must come after a fine-tune stage, whose table is multiplied, but was true",
                "data.training must be given where a stage fine-tunes, but was missing",
                "stages[2].fine-tune.length must be a length searched by a stage before it, but was 2048; searched so far: [256, 4096]",
                "stages[4].search.length must be at least the length fine-tuned before it, 4096, but was 2048; use a recovery stage "
                + "for shorter lengths",
                "stages[5].recovery.lengths must be below the largest length searched before it, 4096, but was 8192",
                "report.lengths must be at most the largest length searched, 4096, but was 16384");
    }

    @Test
    void methodsToFineTuneAreKnownOnesAndNeedAFineTune() {
        assertThat(problems(SMALL + "report: {fine-tuned: [yarn, magic]}\n")).singleElement().asString()
                .startsWith("report.fine-tuned must be a list of known methods: ");
        assertThat(problems(SMALL.replaceAll("(?m)^.*(fine-tune|multipliers).*\n", "") + "report: {fine-tuned: [yarn]}\n"))
                .containsExactly("report.fine-tuned must be empty in a plan without fine-tune stages, but was [yarn]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"- a list", "just words", "", "name: [unclosed", "name: a\nname: b", "schema: 2"})
    void whatIsNoPlanIsOneClearProblem(String text) throws IOException {
        var file = Files.writeString(directory.resolve("plan.yaml"), text);
        assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(file, List.of())).isInstanceOf(BadInput.class);
    }

    @Test
    void brokenYamlNamesItsLine() throws IOException {
        var file = Files.writeString(directory.resolve("plan.yaml"), SMALL + "report: {lengths: [1k\n");
        assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(file, List.of()))
                .hasMessageStartingWith(file + " line ").hasMessageContaining("must be YAML");
        assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(directory.resolve("no.yaml"), List.of()))
                .hasMessageContaining("no.yaml must be a plan file, but was missing");
    }

    @Test
    void wordsThatYamlTakesForTrueOrFalseStayWords() throws IOException {
        assertThat(read(SMALL.replaceFirst("name: \\S+", "name: no")).name()).isEqualTo("no");
        var file = Files.writeString(directory.resolve("plan.yaml"), SMALL);
        assertThat(new PlanReader(WINDOW_OF_256).read(file, List.of("name=off")).name()).isEqualTo("off");
        assertThat(problems(SMALL + "reproducible: yes\n")).containsExactly("reproducible must be true or false, but was 'yes'");
    }

    @Test
    void whatIsWrongWithYamlIsTold() throws IOException {
        var file = Files.writeString(directory.resolve("plan.yaml"), SMALL + "report:\n\tlengths: [1k]\n");
        assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(file, List.of()))
                .hasMessageContaining("must be YAML, but was found character '");
        Files.writeString(file, SMALL + "seed: 1\nseed: 2\n");
        assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(file, List.of()))
                .hasMessageContaining("seed twice; keep the one that is meant");
    }

    @Test
    void overridesReplaceAndAdd() throws IOException {
        var file = Files.writeString(directory.resolve("plan.yaml"), SMALL);
        var plan = new PlanReader(WINDOW_OF_256).read(file, List.of("seed=9", "search.population=8", "stages[0].search.length=4k",
                "stages[1].fine-tune.length=4k", "stages[2].search={length: 8k}", "report.lengths=[512]"));
        assertThat(plan.seed()).isEqualTo(9);
        assertThat(plan.largestLength()).hasValue(8192);
        assertThat(((SearchStagePlan) plan.stages().get(0)).search().settings().population()).isEqualTo(8);
        assertThat(plan.report().lengths()).containsExactly(512);
        for (var wrong : List.of("seed", "stages[9].search.length=1", "name.deeper=1", "a..b=1")) {
            assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(file, List.of(wrong)))
                    .isInstanceOf(BadInput.class).hasMessageStartingWith("--set ");
        }
    }

    @Test
    void promptsAreAskedWithinWhatWasSearched() {
        assertThat(problems(SMALL + "report: {retrieval: {lengths: [4k], depths: [0.5], trials: 1}}\n"))
                .containsExactly("report.retrieval.lengths must be at most the largest length searched, 2048, but was 4096");
        assertThat(problems(SMALL + "report: {retrieval: {depths: [2], trails: 0}}\n")).containsExactly(
                "report.retrieval.trails must be a key of a plan here, but was unknown; did you mean 'trials'?",
                "report.retrieval.depths must be a list of numbers of at least 0 and at most 1, but was [2]");
        assertThat(read(SMALL + "report: {retrieval: {}}\n").report().retrieval()).contains(
                new RetrievalPlan(List.of(Retrieval.PASSKEY), List.of(256, 512, 1024, 2048), List.of(0.0, 0.25, 0.5, 0.75, 1.0), 10,
                        List.of()));
    }

    @Test
    void aLadderIsForPerplexityOfOneLength() {
        for (var search : List.of("algorithm: nsga2, short-length: 128", "algorithm: gradient", "objective: needle",
                "algorithm: longrope, fresh-samples: true")) {
            assertThat(problems(SMALL.replaceFirst("search: \\{length: ", "search: {ladder: {lengths: [512]}, " + search + ", length: ")))
                    .anySatisfy(problem -> assertThat(problem).contains("search.ladder must be left out"));
        }
        assertThat(problems(SMALL.replaceFirst("search: \\{length: ", "search: {ladder: {lengths: [512], keep: 0, sample: 1}, length: ")))
                .anySatisfy(problem -> assertThat(problem).contains("ladder.keep must be a number above 0 and at most 1, but was 0"))
                .anySatisfy(problem -> assertThat(problem).contains("ladder.sample must be a key of a plan here"));
    }

    private static SearchPlan search(String algorithm, SearchSettings settings, int samples, SpacePlan space, int shortLength,
            double tolerance) {
        return new SearchPlan(algorithm, Objective.PERPLEXITY, settings, samples, space, shortLength, tolerance,
                Optional.empty(), List.of("pi", "ntk", "yarn", "dynamic-ntk"), Optional.empty(), Optional.empty(), Optional.empty());
    }
}
