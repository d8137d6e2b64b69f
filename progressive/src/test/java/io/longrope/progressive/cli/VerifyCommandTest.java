package io.longrope.progressive.cli;

import com.sun.net.httpserver.HttpServer;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.verify.CompletionStub;
import io.longrope.progressive.verify.CompletionStub.Kind;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class VerifyCommandTest {

    private static final Path MODELS = Path.of(System.getProperty("longrope.home"), "evaluator/models");
    private static final Path MODEL = MODELS.resolve("java-1m");
    private static final RopeGeometry GEOMETRY = new RopeGeometry(32, 10_000, 256);
    private static final Candidate TABLE = new Candidate(RopeScalings.named("yarn").factors(GEOMETRY, 1024), 0,
            AttentionTemperature.longrope().factor(GEOMETRY, 1024));

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @BeforeEach
    void writeTable() throws IOException {
        // start tokens stay ours: no server knows them
        new JsonFormat().write(new FactorTable("java-1m", GEOMETRY, List.of(TableEntry.of(1024,
                Measured.unmeasured(TABLE.withStartTokens(16)))), List.of()), directory.resolve("table.json"));
        Files.writeString(directory.resolve("text.txt"), "public final class Window {\n    private final int[] kept;\n}\n".repeat(20));
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"ECHOES", "ECHOES_TEXT", "ECHOES_BESIDE", "TELLS_WHAT_IT_ADDS"})
    void aTableInForceIsSeenByWhateverAServerTells(Kind kind) throws Exception {
        assertThat(verify(kind, MODEL, TABLE)).as(this::said).isZero();
        assertThat(out.toString()).contains("in force: the server runs the table");
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"ECHOES", "ECHOES_TEXT", "TELLS_WHAT_IT_ADDS"})
    void aTableThatIsIgnoredIsSeen(Kind kind) throws Exception {
        assertThat(verify(kind, MODEL, Candidate.original(16))).as(this::said).isEqualTo(1);
        assertThat(out.toString()).contains("ignored: the server runs the model as it was trained");
    }

    /** As JAVA_TOOL_OPTIONS may set it: nothing of this machine goes through it, whatever the exceptions leave out. */
    @Test
    void aProxyIsNotAskedForThisMachine() throws Exception {
        var settings = Map.of("http.proxyHost", "127.0.0.1", "http.proxyPort", "9", "http.nonProxyHosts", "*.example.org");
        settings.forEach(System::setProperty);
        try {
            assertThat(verify(Kind.ECHOES, MODEL, TABLE)).as(this::said).isZero();
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void anAddressOfIpv6IsAskedInItsBrackets() throws Exception {
        Assumptions.assumeTrue(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "no IPv6 here");
        var server = HttpServer.create(new InetSocketAddress("::1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(418, -1);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            assertThat(ask("http://[::1]:" + port)).isEqualTo(2);
            assertThat(said()).contains("must tell its models at /v1/models, but was 418");
            assertThat(ask("http://::1:" + port)).isEqualTo(2);
            assertThat(said()).contains("--server must be a URL, such as http://localhost:8000 or http://[::1]:8000");
        } finally {
            server.stop(0);
        }
    }

    private int ask(String url) {
        return run("verify", MODEL.toString(), "--table", directory.resolve("table.json").toString(), "--text",
                directory.resolve("text.txt").toString(), "--server", url);
    }

    /** A GGUF file read back has one table for both. */
    @Test
    void factorsForShortTextsThatAreTheTablesDoNotMakeItUncertain() throws Exception {
        new JsonFormat().write(new FactorTable("java-1m", GEOMETRY, List.of(TableEntry.of(256, Measured.unmeasured(TABLE)),
                TableEntry.of(1024, Measured.unmeasured(TABLE))), List.of()), directory.resolve("table.json"));
        assertThat(verify(Kind.ECHOES, MODEL, TABLE)).as(this::said).isZero();
        assertThat(out.toString()).contains("in force: the server runs the table").doesNotContain("short texts");
    }

    @Test
    void aTextThatIsNoneIsOneLine() throws Exception {
        Files.write(directory.resolve("text.txt"), new byte[] {'P', 'K', (byte) 0xff, (byte) 0xfe});
        assertThat(verify(Kind.ECHOES, MODEL, TABLE)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("must be a file of UTF-8 text, but was bytes that are no UTF-8")
                .doesNotContain("Exception").hasLineCount(1);
    }

    @Test
    void anotherTemperatureIsNamed() throws Exception {
        assertThat(verify(Kind.ECHOES, MODEL, new Candidate(TABLE.factors(), 0, 1))).as(this::said).isEqualTo(1);
        assertThat(out.toString()).contains("other temperature: the server runs the table with attention factor 1.0000 instead of 1.1180");
    }

    @Test
    void aTemperatureNobodyExpectsIsFound() throws Exception {
        assertThat(verify(Kind.ECHOES, MODEL, new Candidate(TABLE.factors(), 0, 1.6))).as(this::said).isEqualTo(1);
        assertThat(out.toString()).containsPattern("other temperature: the server runs the table with attention factor 1\\.(59|60)");
    }

    /** The nearest that is known is within tolerance of it, and is not it. */
    @Test
    void aTemperatureNearAKnownOneIsNotTakenForIt() throws Exception {
        assertThat(verify(Kind.ECHOES, MODEL, new Candidate(TABLE.factors(), 0, 1.16))).as(this::said).isEqualTo(1);
        assertThat(out.toString()).containsPattern("other temperature: the server runs the table with attention factor 1\\.1(5[5-9]|6)");
    }

    /** As llama.cpp runs a table of several entries that export has written: the longest, at all lengths. */
    @Test
    void anyEntryThatReachesSoFarIsInForce() throws Exception {
        writeTwoEntries();
        assertThat(verify(Kind.ECHOES, MODEL, TABLE)).as(this::said).isZero();
        assertThat(out.toString()).contains("in force: the server runs the table's entry for 1024");
        assertThat(verify(Kind.ECHOES, MODEL, shorter())).as(this::said).isZero();
        assertThat(out.toString()).contains("in force: the server runs the table's entry for 512");
        assertThat(verify(Kind.ECHOES, MODEL, shorter(), "--length", "700")).as(this::said).isEqualTo(1);
        assertThat(out.toString()).contains("other factors: the server runs the table's entry for 512");
        assertThat(verify(Kind.ECHOES, MODEL, new Candidate(TABLE.factors(), 0, 1.6))).as(this::said).isEqualTo(1);
        assertThat(out.toString())
                .containsPattern("other temperature: the server runs the table's entry for 1024 with attention factor 1\\.(59|60)");
    }

    private void writeTwoEntries() throws IOException {
        new JsonFormat().write(new FactorTable("java-1m", GEOMETRY, List.of(TableEntry.of(512, Measured.unmeasured(shorter())),
                TableEntry.of(1024, Measured.unmeasured(TABLE))), List.of()), directory.resolve("table.json"));
    }

    private static Candidate shorter() {
        return new Candidate(RopeScalings.named("yarn").factors(GEOMETRY, 512), 0, AttentionTemperature.longrope().factor(GEOMETRY, 512));
    }

    /** A server of one model answers to any name. */
    @Test
    void aModelThatTheServerDoesNotHaveIsOneLine() throws Exception {
        assertThat(verify(Kind.ECHOES, MODEL, TABLE, "--server-model", "stab")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("--server-model must be one that http://127.0.0.1:")
                .contains(" has, stub, but was stab").hasLineCount(1);
    }

    @Test
    void aPromptThatIsTooLongIsOneLineWithTheServersReason() throws Exception {
        assertThat(verify(Kind.ECHOES_SHORT_TEXT, MODEL, TABLE)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("the server must tell log-probabilities")
                .contains("but was 400 This model's maximum context length is 400 tokens; ").hasLineCount(1);
    }

    @Test
    void anotherModelIsNoneOfThese() throws Exception {
        assertThat(verify(Kind.ECHOES, MODELS.resolve("recall-1m"), TABLE)).as(this::said).isEqualTo(1);
        assertThat(out.toString()).contains("unknown: nothing comes nearer than").contains("another model");
    }

    @Test
    void aServerThatTellsNothingIsOneLine() throws Exception {
        assertThat(verify(Kind.TELLS_NOTHING, MODEL, TABLE)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("the server must tell log-probabilities").hasLineCount(1);
    }

    @Test
    void aServerThatTruncatesIsOneLine() throws Exception {
        assertThat(verify(Kind.TRUNCATES, MODEL, TABLE)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("the server must read all 512 tokens of the prompt, but was 300")
                .hasLineCount(1);
    }

    @Test
    void aDirectoryIsNoText() throws Exception {
        Files.delete(directory.resolve("text.txt"));
        Files.createDirectory(directory.resolve("text.txt"));
        assertThat(verify(Kind.ECHOES, MODEL, TABLE)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("must be a file of UTF-8 text, but was a directory").hasLineCount(1);
    }

    @Test
    void whatCannotBeAskedIsOneLine() {
        assertThat(run("verify", MODEL.toString(), "--table", directory.resolve("table.json").toString(), "--text",
                directory.resolve("text.txt").toString(), "--server", "http://127.0.0.1:1")).isEqualTo(2);
        assertThat(run("verify", MODEL.toString(), "--table", directory.resolve("table.json").toString(), "--text",
                directory.resolve("text.txt").toString(), "--server", "http://127.0.0.1:1", "--length", "256")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).satisfiesExactly(
                silent -> assertThat(silent).startsWith("--server http://127.0.0.1:1 must answer, but was a connection refused"),
                length -> assertThat(length).startsWith("--length must be beyond the original length of 256 tokens"));
    }

    private int verify(Kind kind, Path served, Candidate candidate, String... more) throws Exception {
        try (var server = new CompletionStub(kind, served, candidate)) {
            var arguments = Stream.of("verify", MODEL.toString(), "--table", directory.resolve("table.json").toString(), "--text",
                    directory.resolve("text.txt").toString(), "--server", server.url() + "/v1");
            return run(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
        }
    }

    private String said() {
        return out + err.toString(StandardCharsets.UTF_8);
    }

    private int run(String... arguments) {
        return Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments);
    }
}
