package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.OpenModel;
import io.longrope.evaluator.text.StartToken;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.CsvOptions;
import io.longrope.progressive.cli.option.DeviceOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.verify.CompletionServer;
import io.longrope.progressive.verify.ServerCheck;
import io.longrope.progressive.verify.Verdict;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** {@code longrope verify MODEL}: whether a running server uses a table. */
@Command(name = "verify", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Asks a running server for log-probabilities beyond the original window, and says whether a table is in force there.",
        footer = {"", "The server has OpenAI's completions: vLLM, SGLang, llama.cpp's, or llama-cpp-python's with --logits_all true. "
            + "Its answer is compared with the model's own log-probabilities under the table, without it, with its other entries "
            + "and with other attention factors. A key that the server wants is taken from the variable OPENAI_API_KEY.",
            "Exit 0 when the table is in force, 1 when not.",
            "", "Example: ${ROOT-COMMAND-NAME} verify llama-2-7b --table runs/7b --server http://localhost:8000 --text book.txt"})
public final class VerifyCommand implements Callable<Integer> {

    private static final String LENGTH = "--length";
    /** Space for what the server adds. */
    private static final int ADDED = 64;

    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "The checkpoint the server runs: a directory, or a GGUF file.")
    private Path model;

    @Option(names = {"--table", "--factors"}, paramLabel = "TABLE", required = true,
            description = "A run directory, or a factor table in any form: our JSON, config.json, GGUF, CSV.")
    private Path table;

    @Option(names = "--server", paramLabel = "URL", required = true, description = "The server, such as http://localhost:8000.")
    private String server;

    @Option(names = "--server-model", paramLabel = "NAME", description = "What the server calls the model (default: the first it has).")
    private String serverModel;

    @Option(names = "--text", paramLabel = "FILE", required = true, description = "UTF-8 text whose beginning is the prompt.")
    private Path text;

    @Option(names = LENGTH, paramLabel = "LENGTH",
            description = "Tokens of the prompt, beyond the original window (default: twice that, or the table's longest if that is less).")
    private String length;

    @Option(names = "--start-token", paramLabel = "TOKEN", defaultValue = "auto",
            description = "What the server puts before a text: auto, which is what the model's tokenizer does, none, or a token id"
            + " (default: ${DEFAULT-VALUE}).")
    private String startToken;

    @Option(names = "--tolerance", paramLabel = "NATS", defaultValue = "0.05",
            description = "How far log-probabilities of the same may be apart on average; weights of 4 bits need more (default: "
            + "${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(names = "--precision", paramLabel = "FORMAT", description = "f32, bf16 or f16 (default: the checkpoint's).")
    private Precision precision;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private CsvOptions csv;

    @Mixin
    private LogOptions log;

    public VerifyCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var factors = csv.read(table);
        var config = Checkpoint.config(model);
        Require.that(factors.geometry().pairs() == config.rope().pairs(), table.toString(), "must have " + config.rope().pairs()
                + " factors, half the model's rotary dimension", factors.geometry().pairs());
        int tokens = tokens(factors);
        var arithmetic = new Arithmetic(precision == null ? Checkpoint.precision(model) : precision, Arithmetic.USUAL_CHUNK,
                Machine.cores());
        var running = CompletionServer.at(server, Optional.ofNullable(serverModel), Optional.ofNullable(System.getenv("OPENAI_API_KEY")));
        try (var session = memory.session(device.present());
             var open = session.open(model, Optional.empty(), arithmetic, new ModelUse.Scoring(tokens + ADDED, Attention.TRAINED))) {
            var prompt = prompt(open, tokens);
            var verdict = new Verdict(new ServerCheck(running, open, factors, tolerance).compare(prompt.tokens, prompt.text), tolerance);
            console.out().println(verdict.table().aligned());
            console.out().println();
            console.out().println(verdict.sentence());
            return verdict.isInForce() ? 0 : 1;
        }
    }

    private int tokens(FactorTable factors) {
        int original = factors.geometry().originalLength();
        int tokens = length == null ? Math.min(2 * original, factors.longest().length()) : TokenCounts.parse(LENGTH, length);
        Require.that(tokens > original && tokens <= factors.longest().length(), LENGTH, "must be beyond the original length of " + original
                + " tokens, and at most the table's longest, " + factors.longest().length(), tokens);
        return tokens;
    }

    /** @param text what the tokens after the start token are, for servers that take no tokens */
    private record Prompt(int[] tokens, String text) {
    }

    private String text() {
        try {
            return Files.readString(text);
        } catch (IOException e) {
            throw new BadInput(new Problem("--text " + text, "must be a file of UTF-8 text", Obstacle.of(e), ""), e);
        }
    }

    private Prompt prompt(OpenModel open, int tokens) {
        var start = open.checkpoint().startToken(StartToken.parse(startToken));
        var tokenizer = open.checkpoint().tokenizer();
        var encoded = tokenizer.encode(text());
        int needed = tokens - (start.isPresent() ? 1 : 0);
        Require.that(encoded.length >= needed, "--text " + text, "must have at least " + Plural.of(needed, "token"), encoded.length,
                "give a longer text, or a shorter " + LENGTH);
        // as the server makes them of the text that is sent: a cut may fall within a character, or change the last token
        var sent = tokenizer.decode(Arrays.copyOf(encoded, needed));
        var again = tokenizer.encode(sent);
        return new Prompt(IntStream.concat(start.stream(), Arrays.stream(again)).toArray(), sent);
    }
}
