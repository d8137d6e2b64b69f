package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.longrope.search.json.Json;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** What is written of a plan reads back as the same plan, whatever of it was given and whatever left to defaults. */
class PlanRoundTripTest {

    private static final YAMLMapper YAML = new YAMLMapper();

    private static final List<String> OF_THE_PLAN = List.of("seed: 7", "original-length: 1k", "precision: bf16", "threads: 3",
            "model-copy: refer", "given-up: worst", "start-token: none", "start-token: 7", "reproducible: false",
            "report: {lengths: [2k], retrieval: {trials: 2, kinds: [queries, lines], methods: [yarn]}}",
            "report: {methods: [yarn:factor=8]}",
            "shape: {layers: 2, hidden: 64, heads: 4, feed-forward: 96, vocabulary: 256, window: 4k}");

    private static final List<String> OF_A_SEARCH = List.of("algorithm: random", "algorithm: longrope", "objective: needle",
            "population: 9", "probability: 0.7",
            "racing: false", "racing: true", "rungs: [1, 2, 4]", "max-tokens: 9000000000", "samples: 3", "grid: 0.1",
                    "groups: 4", "may-stop: 3", "start-tokens: [0, 8]",
            "attention: [1, 1.3]", "attention: 1.2", "attention: yarn", "max-factor: 40", "bounds: [{pairs: [0, 3], factors: [1, 1.5]}]");

    private static final List<String> OF_A_FINE_TUNE = List.of("train-length: 1k", "batch: 8", "learning-rate: 1.0e-5", "schedule: cosine",
            "warmup: 2",
            "beta2: 0.95", "precision: bf16", "recompute: true", "seed: 5", "positions: pose", "lora: {rank: 4}",
                    "lora: {rank: 2, targets: [q]}",
            "held-out-every: 2", "command: [train.sh, \"{output}\"]");

    @Property(tries = 200)
    void aPlanWrittenReadsBackAsItself(@ForAll("texts") String text) throws IOException {
        var plan = new PlanReader(PlanSurroundings.TRUSTED).read(tree(text));
        var written = Json.write(plan);
        var again = Json.mapper().readValue(written, JobPlan.class);
        assertThat(again).isEqualTo(plan);
        assertThat(again.fingerprint()).isEqualTo(plan.fingerprint());
        assertThat(JobPlan.fromTree(tree(YAML.writeValueAsString(plan.toTree())))).isEqualTo(plan);
    }

    @Provide
    Arbitrary<String> texts() {
        return Combinators.combine(some(OF_THE_PLAN), some(OF_A_SEARCH), some(OF_A_SEARCH), some(OF_A_FINE_TUNE), some(OF_A_SEARCH))
                .as((plan, search, stage, tune, recovery) -> """
                        schema: 1
                        name: any
                        model: tiny
                        data: {training: t, evaluation: e}
                        %s
                        search: {%s}
                        stages:
                          - search: {length: 2k, %s}
                          - fine-tune: {length: 2k, steps: 3, %s}
                          - recovery: {lengths: [1k], %s}
                        """.formatted(String.join("\n", plan), line(search), line(stage), line(tune), line(recovery)));
    }

    /** Some settings, no key twice. */
    private static Arbitrary<List<String>> some(List<String> settings) {
        return Arbitraries.of(settings).list().ofMaxSize(5).map(chosen -> List.copyOf(chosen.stream()
                .collect(Collectors.toMap(setting -> setting.substring(0, setting.indexOf(':')), setting -> setting, (first,
                        second) -> first)).values()));
    }

    private static String line(List<String> settings) {
        return String.join(", ", settings);
    }

    private static JsonNode tree(String text) throws IOException {
        return YAML.readTree(text);
    }
}
