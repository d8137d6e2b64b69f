package io.longrope.progressive.plan;

import io.longrope.search.work.Objective;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a plan says of searches. */
class SearchPlanTest extends PlanTexts {

    /** A plan up to its stages, which are searches. */
    private static final String SEARCHES = """
            schema: 1
            name: small
            model: tiny
            data: {evaluation: held-out.txt}
            stages:
            """;

    @Test
    void anAlgorithmBringsItsHabitOfRacingUnlessThePlanSaysOtherwise() {
        var plan = read(SMALL.replace("length: 1k}", "length: 1k, algorithm: longrope2}")
                .replace("multipliers: true", "multipliers: true, racing: false")
                + "search: {algorithm: adaptive}\n");

        assertThat(plan.stages()).filteredOn(SearchStagePlan.class::isInstance)
                .extracting(stage -> ((SearchStagePlan) stage).search().settings().racing())
                .containsExactly(false, false);
        assertThat(((RecoveryStagePlan) plan.stages().get(3)).search().settings().racing()).isTrue();
    }

    @Test
    void longrope2LooksForNeedlesUnlessThePlanSaysOtherwise() throws IOException {
        var longrope2 = SMALL.replace("length: 1k}", "length: 1k, algorithm: longrope2}");

        assertThat(objectives(SMALL)).containsOnly(Objective.PERPLEXITY);
        assertThat(objectives(longrope2))
                .containsExactly(Objective.NEEDLE, Objective.PERPLEXITY, Objective.PERPLEXITY, Objective.PERPLEXITY);
        assertThat(objectives(SMALL + "search: {algorithm: longrope2}\n")).as("no fitness of short windows is LongRoPE2's")
                .containsExactly(Objective.NEEDLE, Objective.PERPLEXITY, Objective.NEEDLE, Objective.PERPLEXITY);
        assertThat(objectives(longrope2 + "search: {objective: perplexity}\n")).containsOnly(Objective.PERPLEXITY);
        assertThat(objectives(longrope2.replace("[512, 256]", "[512]") + "search: {objective: needle}\n"))
                .containsExactly(Objective.NEEDLE, Objective.PERPLEXITY, Objective.NEEDLE, Objective.NEEDLE);
        assertThat(objectives(SMALL.replace("multipliers: true", "multipliers: true, objective: needle")))
                .containsExactly(Objective.PERPLEXITY, Objective.PERPLEXITY, Objective.NEEDLE, Objective.PERPLEXITY);
        for (var text : List.of(longrope2, longrope2 + "search: {objective: perplexity}\n", SMALL + "search: {algorithm: longrope2}\n")) {
            assertThat(Json.mapper().readValue(Json.write(read(text)), JobPlan.class)).isEqualTo(read(text));
        }
    }

    @Test
    void anotherObjectiveIsAnotherJob() {
        assertThat(read(SMALL + "search: {objective: perplexity}\n").fingerprint()).isEqualTo(read(SMALL).fingerprint());
        assertThat(read(SMALL.replace("[512, 256]", "[512]") + "search: {objective: needle}\n").fingerprint())
                .isNotEqualTo(read(SMALL.replace("[512, 256]", "[512]")).fingerprint());
    }

    @Test
    void needlesMustFitAndAreForOneLength() {
        assertThat(problems(SMALL + "search: {objective: needel}\n"))
                .containsExactly("search.objective must be one of perplexity, needle, longppl, but was 'needel'");
        assertThat(problems(SMALL + "search: {objective: needle}\n")).containsExactly("stages[3].recovery.lengths must be at least 300,"
                + " which hold the prompt of objective needle, but was 256; objective: perplexity has no prompt");
        assertThat(problems(SMALL.replace("length: 2k,", "length: 257, on: base, objective: needle,")
                .replace("multipliers: true", "multipliers: false")))
                .contains("stages[2].search.length must be at least 300, which hold the prompt of objective needle, but was 257;"
                        + " objective: perplexity has no prompt");
        assertThat(problems(SMALL.replace("length: 1k}", "length: 1k, algorithm: nsga2, short-length: 512, objective: needle}")))
                .contains("stages[0].search.objective must be perplexity for algorithm nsga2, but was needle");
    }

    @Test
    void whatDoesNotGoTogetherInASearchIsSaidUnderItsKey() {
        assertThat(problems(SEARCHES + """
                  - search: {length: 1k, name: a, algorithm: nsga2}
                  - search: {length: 1k, name: b, algorithm: longrope, short-length: 256}
                  - search: {length: 1k, name: c, algorithm: nsga2, short-length: 2k}
                  - search: {length: 1k, name: d, algorithm: adaptive, racing: false, fresh-samples: true}
                  - search: {length: 1k, name: e, algorithm: longrope, racing: true, fresh-samples: true}
                  - search: {length: 1k, name: f, algorithm: longrope, fresh-samples: true, patience: 3}
                  - search: {length: 1k, name: g, algorithm: longrope2, monotone: false}
                  - search: {length: 1k, name: h, bounds: [{pairs: [3, 1], factors: [1, 2]}]}
                  - search: {length: 1k, name: i, attention: [1.3, 1.1]}
                  - search: {length: 1k, name: j, mutations: 0, crossovers: 0}
                  - search: {length: 1k, name: k, algorithm: longrope, ask-ahead: 4}
                  - search: {length: 1k, name: l, algorithm: longrope2, groups: 4}
                  - search: {length: 1k, name: m, algorithm: longrope2, may-stop: 4}
                """)).containsExactlyInAnyOrder(
                "stages[0].search.short-length must be given for algorithm nsga2, but was missing",
                "stages[1].search.algorithm must be nsga2 where short-length is given, but was longrope",
                "stages[2].search.short-length must be below the length, 1024, but was 2048",
                "stages[3].search.fresh-samples must be false for algorithm adaptive, which compares the scores of all generations, "
                + "but was true;"
                        + " longrope and longrope2 score their survivors again with each",
                "stages[4].search.racing must be false where every generation has fresh samples: bounds come from earlier ones, but "
                + "was true",
                "stages[5].search.patience must be 0 where every generation has fresh samples: their scores cannot be compared, but was 3",
                "stages[6].search.monotone must be true for algorithm longrope2, but was false",
                "stages[7].search.bounds must be a list such as [{pairs: [0, 9], factors: [1, 1.2]}], pairs counting from 0, but was"
                        + " [{\"pairs\":[3,1],\"factors\":[1,2]}]",
                "stages[8].search.attention must be su, yarn, none, a number above 0, or [smallest, largest] to search it, but was "
                + "[1.3,1.1]",
                "stages[9].search.mutations must be at least 1 where search.crossovers is 0, but was 0",
                "stages[10].search.ask-ahead must be 0 for algorithm longrope, which breeds a generation from all scores of the one before,"
                + " but was 4; adaptive and random can be asked ahead",
                "stages[11].search.groups must be 0 for algorithm longrope2, which has a shape of its own, but was 4",
                "stages[12].search.may-stop must be 0 for algorithm longrope2, which has a shape of its own, but was 4");
    }

    @Test
    void aSpaceThatLeavesAPairNothingIsAProblemOfThePlan() {
        assertThat(problems(SEARCHES + """
                  - search: {length: 1k, bounds: [{pairs: [4, 5], factors: [3, 4]}, {pairs: [8, 9], factors: [1, 2]}]}
                  - search: {length: 2k, bounds: [{pairs: [10, 16], factors: [1, 2]}]}
                  - search: {length: 4k, start: {stage: search-8192}}
                  - search: {length: 1k, name: n, groups: 17}
                  - search: {length: 1k, name: o, may-stop: 17}
                """)).containsExactlyInAnyOrder(
                "stages[0].search.bounds[4] must leave at least one factor, but was [3.0, 2.0]; widen the range, refine the step, or "
                + "drop the monotone constraint",
                "stages[1].search.bounds must name a pair from 0 to 15, but was 16",
                "stages[3].search.groups must be at most the model's pairs, 16, but was 17",
                "stages[4].search.may-stop must be at most the model's pairs, 16, but was 17",
                "stages[2].search.start.stage must be a search or recovery stage before it, but was search-8192; before it: "
                + "[search-1024, search-2048]");
    }

    @Test
    void tablesASearchStartsFromAreReadIntoThePlan() throws IOException {
        var line = "1\n1\n1.2\n1.1\n2\n2\n2\n2\n3\n3\n3\n3\n4\n4\n4\n4\n";
        Files.writeString(directory.resolve("table.csv"), line);
        var text = SMALL.replace("- search: {length: 1k}", "- search: {length: 1k, start: {file: table.csv, length: 1k}}")
                .replace("{length: 2k, multipliers: true}", "{length: 2k, multipliers: true, start: {stage: search-1024}}");
        var plan = read(text);
        var start = ((SearchStagePlan) plan.stages().get(0)).search().start().orElseThrow();
        assertThat(start.name()).isEqualTo("table.csv");
        assertThat(start.stage()).isEmpty();
        assertThat(start.tables()).singleElement().satisfies(table -> {
            assertThat(table.extensionRatio()).isEqualTo(4);
            assertThat(table.candidate().factors().layer(0)).startsWith(1, 1, 1.2, 1.1).hasSize(16);
        });
        assertThat(((SearchStagePlan) plan.stages().get(2)).search().start()).contains(StartPlan.stage("search-1024"));
        assertThat(Json.mapper().readValue(Json.write(plan), JobPlan.class)).as("needs no file any more").isEqualTo(plan);
        Files.writeString(directory.resolve("table.csv"), line.replace("1.2", "1.3"));
        assertThat(read(text).fingerprint()).as("another table is another job").isNotEqualTo(plan.fingerprint());
    }

    @Test
    void tablesThatCannotStartASearchAreProblemsOfThePlan() throws IOException {
        Files.writeString(directory.resolve("short.csv"), "1\n2\n");
        Files.writeString(directory.resolve("layers.csv"), "1,".repeat(15) + "1\n" + "2,".repeat(15) + "2\n");
        assertThat(problems(SEARCHES + """
                  - search: {length: 1k, start: lost.csv}
                  - search: {length: 2k, start: {file: short.csv, length: 2k}}
                  - search: {length: 3k, start: {file: layers.csv, length: 2k}}
                  - search: {length: 4k, start: short.csv}
                  - search: {length: 5k, start: [1, 2]}
                  - search: {length: 6k, start: {stage: search-1024, file: short.csv, length: 1k}}
                """)).satisfiesExactlyInAnyOrder(
                problem -> assertThat(problem).startsWith("stages[0].search.start: ").endsWith("lost.csv must be a file, but was missing"),
                problem -> assertThat(problem).startsWith("stages[1].search.start: ").contains("must have 16 lines of one factor"),
                problem -> assertThat(problem)
                .isEqualTo("stages[2].search.start: factors must be the same for all layers, but was a table whose layers differ; "
                + "search one row for all, or start from a table that has one").contains("must be the same for all layers"),
                problem -> assertThat(problem).startsWith("stages[3].search.start: ")
                .endsWith("but was a CSV; give {file: short.csv, length: 128k}"),
                problem -> assertThat(problem)
                .isEqualTo("stages[4].search.start must be a table's file, or {file, length}, {stage} or {name, tables}, but was [1,2]"),
                problem -> assertThat(problem).startsWith("stages[5].search.start: ").contains("short.csv"),
                problem -> assertThat(problem).startsWith("stages[5].search.start.stage must be a key of a plan here"));
        var handedOver = Json.mapper().readTree("""
                {"schema": 1, "name": "small", "model": "tiny", "data": {"evaluation": "held-out.txt"},
                 "stages": [{"search": {"length": 1024, "start": "/etc/passwd"}}]}""");
        assertThatThrownBy(() -> new PlanReader(WINDOW_OF_256).read(handedOver)).isInstanceOf(BadInput.class)
                .hasMessage("stages[0].search.start must hold the tables themselves in a plan that was handed over, but was "
                + "/etc/passwd; submit reads files into the plan");
    }

    private List<Objective> objectives(String text) {
        return read(text).stages().stream().map(StagePlan::objective).toList();
    }
}
