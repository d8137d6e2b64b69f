package io.longrope.search.problem;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class ProgramTest {

    @AfterEach
    void forget() {
        System.clearProperty(Program.PROPERTY);
    }

    @Test
    void aCommandBeginsWithTheNameTheProgramWasStartedBy() {
        assertThat(Program.command(List.of("watch", "job-1"))).isEqualTo("longrope watch job-1");
        System.setProperty(Program.PROPERTY, "./longrope");
        assertThat(Program.command(List.of("watch", "job-1"))).isEqualTo("./longrope watch job-1");
    }

    @Test
    void whatAShellWouldReadOtherwiseIsQuoted() {
        System.setProperty(Program.PROPERTY, "/my tools/longrope");
        assertThat(Program.command(List.of("run", "a plan.yaml", "it's"))).isEqualTo("'/my tools/longrope' run 'a plan.yaml' 'it'\\''s'");
        assertThat(Program.command(List.of("watch", ""))).endsWith(" ''");
    }
}
