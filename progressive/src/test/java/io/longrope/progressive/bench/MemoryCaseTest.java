package io.longrope.progressive.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.cli.Main;
import io.longrope.search.json.Json;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plans of a few small uses beside what a process takes that does them. The process itself is most of that, and differs between
 * machines, so the bounds are wide here; the table of {@code bench memory} has the large uses.
 */
class MemoryCaseTest {

    private static final double WIDE = 0.35;

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @ValueSource(strings = {"--kind score --width 512 --layers 8 --length 2048", "--kind score --width 512 --layers 8 --precision bf16",
        "--kind generate --width 256 --layers 16 --length 4096 --vocabulary 8000",
        "--kind train --width 256 --layers 8 --length 512 --vocabulary 8000"})
    void whatAProcessTakesIsWhatWasPlanned(String use) throws Exception {
        var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx1g", "-Xms32m", "-XX:+UseSerialGC",
                "-Dai.djl.offline=true", "-cp", System.getProperty("java.class.path"), Main.class.getName(),
                "bench", "memory", "--format", "json"));
        command.addAll(List.of(use.split(" ")));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        // as the launcher
        builder.environment().putAll(Map.of("THP_MEM_ALLOC_ENABLE", "1", "MALLOC_ARENA_MAX", "2"));
        var process = builder.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        JsonNode row = Json.mapper().readTree(printed).get("rows").get(0);
        double planned = row.get("planned").asDouble();
        assertThat(row.get("measured").asDouble()).isBetween(planned * (1 - WIDE), planned * (1 + WIDE));
    }
}
