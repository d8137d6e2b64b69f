package io.longrope.search.problem;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class ObstacleTest {

    @Test
    void saysWhatStandsInTheWayOfAFile() {
        assertThat(Obstacle.of(new NoSuchFileException("/proc/none"))).isEqualTo("missing: /proc/none");
        assertThat(Obstacle.of(new AccessDeniedException("a/b"))).isEqualTo("not permitted: a/b");
        assertThat(Obstacle.of(new NotDirectoryException("a"))).isEqualTo("no directory: a");
        assertThat(Obstacle.of(new FileSystemException("a", null, "No space left on device"))).isEqualTo("a: No space left on device");
        assertThat(Obstacle.of(new IOException("No space left on device"))).isEqualTo("No space left on device");
        assertThat(Obstacle.of(new MalformedInputException(1))).isEqualTo("bytes that are no UTF-8");
    }

    @Test
    void saysWhatStandsInTheWayOfAConnection() {
        assertThat(Obstacle.of(new ConnectException())).isEqualTo("a connection refused");
        assertThat(Obstacle.of(new ConnectException().initCause(new UnresolvedAddressException())))
                .isEqualTo("a host that no name server knows");
    }

    @Test
    void namesNoClassOfInputAndOutput() {
        for (var failure : List.of(new NoSuchFileException("f"), new AccessDeniedException("f"), new MalformedInputException(1),
                new ConnectException())) {
            assertThat(Obstacle.of(failure)).doesNotContain("Exception");
        }
    }
}
