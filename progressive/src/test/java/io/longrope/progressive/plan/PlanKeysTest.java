package io.longrope.progressive.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.evolution.SearchSettings;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** The one schema of plans: what is written about keys is what holds for them. */
class PlanKeysTest extends PlanTexts {

    @Test
    void theCommittedTableIsTheOneTheSchemaGives() throws IOException {
        assertThat(Path.of(System.getProperty("longrope.home"), "configs/plan-keys.md"))
                .as("longrope plan --keys --format markdown writes it")
                .content().isEqualTo(PlanKeys.markdown());
    }

    @Test
    void everyKeyHasASentenceAndSaysWhatMayStandThere() {
        PlanKeys.tables().values().stream().flatMap(table -> table.rows().stream()).forEach(row -> {
            assertThat(row.get(3)).as(row.get(0)).endsWith(".").hasSizeGreaterThan(5);
            assertThat(row.get(1)).as(row.get(0)).isNotBlank();
        });
    }

    @Test
    void thePlanThatRunsIsWrittenOutWithEveryKeyThatHasADefault() {
        var written = new LinkedHashSet<String>();
        names(read(SMALL.replace("steps: 10", "steps: 10, lora: {rank: 1}").replace("multipliers: true",
                "multipliers: true, ladder: {lengths: [1k]}") + "report: {retrieval: {}}\n").toTree(), written);
        var expected = PlanKeys.tables().values().stream().flatMap(table -> table.rows().stream()).filter(row -> !row.get(2).equals("none"))
                .map(row -> row.get(0)).toList();
        // the shape is left out as a whole where a plan has none
        assertThat(written).containsAll(expected.stream().filter(name -> !List.of("layers", "hidden", "heads", "key-value-heads",
                "head-dim", "feed-forward",
                "vocabulary", "theta", "window").contains(name)).toList());
    }

    @Test
    void theSearchesOfOtherProgramsHaveTheSameDefaults() {
        var search = ((SearchStagePlan) read(SMALL + "search: {algorithm: longrope}\n").stages().get(0)).search();
        assertThat(search.settings()).isEqualTo(SearchSettings.builder().seed(0).build());
    }

    private static void names(JsonNode node, Set<String> names) {
        node.fields().forEachRemaining(field -> {
            names.add(field.getKey());
            names(field.getValue(), names);
        });
        if (node.isArray()) {
            node.forEach(item -> names(item, names));
        }
    }
}
