package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.gguf.GgufModelWriter;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.verify.CompletionServer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.gguf.GgufFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code verify} against llama-cpp-python's server. Runs with {@code -Pinterop} only. */
@Tag("interop")
class VerifyInteropTest {

    private static final Path HOME = Path.of(System.getProperty("longrope.home"));
    private static final Path MODEL = HOME.resolve("evaluator/models/java-1m");
    private static final RopeGeometry GEOMETRY = new RopeGeometry(32, 10_000, 256);
    private static final int SECONDS_TO_START = 180;

    private final StringWriter out = new StringWriter();

    @TempDir
    private Path directory;
    private Path plain;

    @BeforeEach
    void makeTable() throws IOException {
        var candidate = new Candidate(RopeScalings.named("yarn").factors(GEOMETRY, 1024), 0,
                AttentionTemperature.longrope().factor(GEOMETRY, 1024));
        var table = new FactorTable("java-1m", GEOMETRY, List.of(TableEntry.of(1024, Measured.unmeasured(candidate))), List.of());
        new JsonFormat().write(table, directory.resolve("table.json"));
        Files.writeString(directory.resolve("text.txt"), "public final class Window {\n    private final int[] kept;\n}\n".repeat(20));
        plain = directory.resolve("plain.gguf");
        new GgufModelWriter(Checkpoint.open(MODEL), DataType.F32).write(plain);
        new GgufFormat(plain, GgufFormat.LlamaTables.LONG_ONLY).write(table, directory.resolve("stretched.gguf"));
    }

    @Test
    void theTableOfAnExportedFileIsInForce() throws Exception {
        assertThat(verified(directory.resolve("stretched.gguf"))).as(out::toString).isZero();
        assertThat(out.toString()).contains("in force: the server runs the table");
    }

    @Test
    void withoutTheTableItIsNot() throws Exception {
        assertThat(verified(plain)).isEqualTo(1);
        assertThat(out.toString()).contains("ignored: the server runs the model as it was trained");
    }

    private int verified(Path gguf) throws Exception {
        int port = freePort();
        var log = directory.resolve("server.log");
        var server = new ProcessBuilder(System.getProperty("interop.python"), "-m", "llama_cpp.server", "--model", gguf.toString(),
                "--n_ctx", "1024", "--logits_all", "true", "--host", "127.0.0.1", "--port", Integer.toString(port))
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            var url = "http://127.0.0.1:" + port;
            await(server, url, log);
            return Main.execute(new Console(new PrintWriter(out, true), new Terminal(new ByteArrayOutputStream(), 0)), "verify",
                    MODEL.toString(), "--table", directory.resolve("table.json").toString(), "--text",
                    directory.resolve("text.txt").toString(), "--server", url);
        } finally {
            server.destroy();
            server.waitFor();
        }
    }

    /** It needs the packages of {@code pip install 'llama-cpp-python[server]'}. */
    private static void await(Process server, String url, Path log) throws IOException, InterruptedException {
        for (int second = 0; second < SECONDS_TO_START && server.isAlive(); second++) {
            try {
                CompletionServer.at(url, Optional.empty(), Optional.empty());
                return;
            } catch (BadInput e) {
                TimeUnit.SECONDS.sleep(1);
            }
        }
        throw new IllegalStateException("the server did not start: " + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
