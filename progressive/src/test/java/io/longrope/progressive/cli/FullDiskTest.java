package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;
import io.longrope.search.kafka.EmbeddedBroker;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** A run directory that takes no more: a process whose files may not grow beyond a limit, which is what a full disk is to it. */
class FullDiskTest {

    private static final String PLAN = """
            schema: 1
            name: full
            seed: 1
            model: tiny
            data: {training: text.txt, evaluation: text.txt, samples: {search: 1, selection: 2, report: 1}}
            search: {algorithm: longrope, population: 4, generations: 1, mutations: 2, crossovers: 2, parents: 3, finalists: 2}
            stages:
              - search: {length: 64, on: base}
              - fine-tune: {length: 64, steps: 2, batch: 1, micro-batch: 1, learning-rate: 1.0e-3}
              - search: {length: 128}
            """;
    /** Enough for the log, too little for a checkpoint. */
    private static final int KIBIBYTES = 48;

    @TempDir
    private Path directory;
    private EmbeddedBroker broker;

    @AfterEach
    void stop() {
        if (broker != null) {
            broker.close();
        }
    }

    @Test
    void runOnAFullDiskSaysSoAndGoesOnWithRoomToTheSameResult() throws Exception {
        Files.writeString(Files.createDirectories(directory.resolve("data")).resolve("text.txt"),
                "the quick brown fox jumps over the lazy dog 0123456789\n".repeat(400));
        Files.writeString(directory.resolve("plan.yaml"), PLAN);
        assertThat(here("pretrain", "--text", directory.resolve("data/text.txt").toString(), "--output",
                directory.resolve("models/tiny").toString(), "--steps", "2",
                "--batch", "1", "--micro-batch", "1", "--layers", "2", "--width", "64", "--inner-width", "128", "--heads", "2",
                "--key-heads", "1", "--window", "32")).isZero();
        assertThat(here(run("undisturbed", "undisturbed"))).isZero();

        var error = directory.resolve("error.txt");
        assertThat(limited(error, run("full", "full"))).isEqualTo(1);
        assertThat(Files.readString(error)).containsPattern("(?m)^failed: .*[Ff]ile too large");
        assertThat(directory.resolve("full/model")).doesNotExist();

        assertThat(here(run("full", "full"))).isZero();
        for (var result : List.of("report.json", "tables/factors.json", "model/model.safetensors")) {
            assertThat(directory.resolve("full").resolve(result)).hasSameBinaryContentAs(directory.resolve("undisturbed").resolve(result));
        }
    }

    /** Each writes something else: an exported model, a token file, a checkpoint. */
    @ParameterizedTest
    @ValueSource(strings = {
        "export DIR/table.json --to hf --model MODEL --output DIR/out",
        "export DIR/table.json --to gguf --model MODEL --output DIR/out",
        "evaluate MODEL --method original --lengths 64 --samples 1 --data DIR/data --text long.txt --cache DIR/out --workers 1",
        "pretrain --text DIR/data/short.txt --output DIR/out/model --steps 1 --batch 1 --micro-batch 1 --layers 2 --width 64"
        + " --inner-width 128 --heads 2 --key-heads 1 --window 32"})
    void whatDoesNotFitIsNamedAndNothingHalfWrittenStays(String command) throws Exception {
        new JsonFormat().write(new FactorTable("recall-1m", new RopeGeometry(32, 10_000, 256), List.of(TableEntry.of(512,
                Measured.unmeasured(Candidate.original(16)))), List.of()), directory.resolve("table.json"));
        Files.writeString(Files.createDirectories(directory.resolve("data")).resolve("long.txt"), "the quick brown fox\n".repeat(5_000));
        Files.writeString(directory.resolve("data/short.txt"), "the quick brown fox\n".repeat(50));
        var out = Files.createDirectories(directory.resolve("out"));
        var words = Arrays.stream(command.split(" ")).map(word -> word.replace("DIR", directory.toString())
                .replace("MODEL", System.getProperty("longrope.home") + "/evaluator/models/recall-1m")).toArray(String[]::new);
        var error = directory.resolve("error.txt");
        assertThat(limited(error, words)).as(() -> read(error)).isIn(1, 2);
        assertThat(read(error)).containsPattern("(?m)^(failed: )?.*" + Pattern.quote(out.toString()) + ".*File too large");
        assertThat(out.resolve("model.safetensors")).doesNotExist();
        assertThat(out.resolve("config.json")).doesNotExist();
        assertThat(out.resolve("model/config.json")).doesNotExist();
        assertThat(here(words)).isZero();
    }

    /** Kafka halts the process it runs in when it cannot write, and says nothing that anybody sees. */
    @Test
    void brokerOnAFullDiskSaysWhyItEnded() throws Exception {
        var state = directory.resolve("full-broker");
        var error = directory.resolve("error.txt");
        assertThat(limited(error, "broker", "--dir", state.toString(), "--port", "0")).as(() -> read(error)).isEqualTo(1);
        assertThat(read(error)).hasLineCount(1).contains("the broker in " + state + " has ended", "File too large", "make room");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String[] run(String runDirectory, String prefix) {
        return new String[] {"run", directory.resolve("plan.yaml").toString(), "--models", directory.resolve("models").toString(), "--data",
            directory.resolve("data").toString(), "--run-dir", directory.resolve(runDirectory).toString(), "--workers", "1", "--bootstrap",
            broker(),
            "--topic-prefix", prefix};
    }

    private String broker() {
        if (broker == null) {
            broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        }
        return broker.bootstrap();
    }

    private static int here(String... arguments) {
        return Main.execute(
                new Console(new PrintWriter(new StringWriter(), true), new Terminal(new ByteArrayOutputStream(), 0)), arguments);
    }

    private static int limited(Path error, String... arguments) throws IOException, InterruptedException {
        var java = List.of(System.getProperty("java.home") + "/bin/java", "-Xmx400m", "-XX:TieredStopAtLevel=1", "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"), Main.class.getName());
        var command = new ArrayList<>(List.of("bash", "-c", "ulimit -f " + KIBIBYTES + "; exec \"$@\"", "bash"));
        command.addAll(java);
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(error.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
