package io.longrope.progressive.cli.internal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(120)
class InterruptionTest {

    /** A command that ends when it is interrupted. */
    static final class Obeys {

        public static void main(String[] arguments) {
            var interruption = Interruption.ofCurrentThread(Duration.ofMinutes(1));
            System.out.println("ready");
            while (!Thread.interrupted()) {
                LockSupport.park();
            }
            System.out.println("bye");
            interruption.ended();
        }
    }

    /** One in a native call, which hears nothing. */
    static final class Goes {

        public static void main(String[] arguments) {
            Interruption.ofCurrentThread(Duration.ofMillis(200));
            System.out.println("ready");
            while (true) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    @Test
    void theWorkEndsFirst() throws Exception {
        var process = started(Obeys.class);
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            signal(process, out);
            assertThat(out.readLine()).isEqualTo("bye");
        }
        assertThat(process.waitFor()).as("128 and the signal's number").isEqualTo(143);
    }

    @Test
    void workThatDoesNotEndIsCutOffAndSaysSo() throws Exception {
        var process = started(Goes.class);
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            signal(process, out);
            assertThat(out.readLine()).startsWith("interrupted below a pass that still runs;");
            assertThat(out.readLine()).isNull();
        }
        assertThat(process.waitFor()).isEqualTo(130);
    }

    private static Process started(Class<?> main) throws Exception {
        return new ProcessBuilder(List.of(System.getProperty("java.home") + "/bin/java", "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), main.getName())).redirectErrorStream(true).start();
    }

    private static void signal(Process process, BufferedReader out) throws Exception {
        assertThat(out.readLine()).isEqualTo("ready");
        // the process's own destroy would close what it still has to say
        process.toHandle().destroy();
    }
}
