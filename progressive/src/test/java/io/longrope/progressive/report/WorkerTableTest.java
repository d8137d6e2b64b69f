package io.longrope.progressive.report;

import io.longrope.search.work.WorkerStatus;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerTableTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    @Test
    void whoFellSilentIsNamedWithTheTime() {
        var table = new WorkerTable(List.of(status("a", 60), status("b", 1)), NOON);
        var since = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault()).format(NOON.minusSeconds(60));
        assertThat(table.summary()).isEqualTo("1 worker, 0 busy, 1 silent: a since " + since
                + " (killed or cut off; others get what was in hand)");
        assertThat(table.table().rows()).extracting(row -> row.get(3)).containsExactly("silent", "waiting");
    }

    @Test
    void ofManySilentSomeAreNamed() {
        var table = new WorkerTable(List.of(status("a", 60), status("b", 60), status("c", 60), status("d", 60), status("e", 60)), NOON);
        assertThat(table.summary()).startsWith("no worker is there, and no job goes on without one, 5 silent: a since ")
                .contains("c since ", " and 2 more (");
    }

    @Test
    void whoSaidThatItLeavesIsNotMissedAfterwards() {
        assertThat(new WorkerTable(List.of(status("a", 60).leaving()), NOON).summary())
                .isEqualTo("no worker is there, and no job goes on without one");
        assertThat(new WorkerTable(List.of(status("a", 1).leaving()), NOON).table().rows()).singleElement()
                .satisfies(row -> assertThat(row.get(3)).isEqualTo("leaving"));
    }

    @Test
    void whoIsSilentOrLeavesIsNotThere() {
        assertThat(new WorkerTable(List.of(status("a", 60), status("b", 1).leaving()), NOON).isAnybodyThere()).isFalse();
        assertThat(new WorkerTable(List.of(status("a", 60), status("b", 1)), NOON).isAnybodyThere()).isTrue();
    }

    @Test
    void whatAWorkerRefusedStandsBelowTheTable() {
        var refusing = new WorkerStatus("a", "q", "cpu", 0, 0, Optional.empty(), 0, 0, Optional.empty(),
                Map.of("look at model m", "m must exist"), NOON);
        var table = new WorkerTable(List.of(refusing, status("b", 1)), NOON);
        assertThat(table.table().rows()).extracting(row -> row.get(3)).containsExactly("waiting, refused 1", "waiting");
        assertThat(table.troubles()).containsExactly("a refused look at model m: m must exist");
        assertThat(table.tree().get(0)).containsEntry("state", "waiting, refused look at model m: m must exist");
    }

    /** Last heard of so long ago. */
    private static WorkerStatus status(String worker, int seconds) {
        return new WorkerStatus(worker, "q", "cpu", 0, 0, Optional.empty(), 0, 0, Optional.empty(), Map.of(), NOON.minusSeconds(seconds));
    }
}
