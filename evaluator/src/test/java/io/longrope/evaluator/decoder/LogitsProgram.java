package io.longrope.evaluator.decoder;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.work.Precision;
import io.longrope.search.json.Json;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.CsvFormat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Answers requests on standard input for src/test/scripts/compare_checkpoints.py, a JSON object a line: writes the logits of all
 * positions as little-endian f32 to the file asked for, and its name on standard output when it is there, or what is wrong.
 */
final class LogitsProgram {

    /** @param csv a file of Microsoft's form for factors of its own, or null for what config.json asks for */
    private record Request(Path model, int[] tokens, Precision precision, int chunk, Path csv, int startTokens, Path output) {

        Candidate candidate(ModelConfig config) throws IOException {
            if (csv == null) {
                return config.candidate(tokens.length);
            }
            var format = new CsvFormat("compared", config.rope(), tokens.length, AttentionTemperature.none());
            return format.read(csv).forLength(tokens.length).withStartTokens(startTokens);
        }
    }

    private LogitsProgram() {
    }

    public static void main(String[] arguments) throws IOException {
        // the log goes to standard output, too
        var answers = System.out;
        System.setOut(System.err);
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                var request = Json.mapper().readValue(line, Request.class);
                answer(request);
                answers.println(request.output());
            } catch (RuntimeException | IOException e) {
                answers.println(e.toString().replace('\n', ' '));
            }
        }
    }

    private static void answer(Request request) throws IOException {
        var checkpoint = Checkpoint.open(request.model());
        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(request.precision(), request.chunk()))) {
            var logits = decoder.logits(request.tokens(), request.candidate(checkpoint.config()));
            var bytes = ByteBuffer.allocate(Float.BYTES * logits.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(logits);
            Files.write(request.output(), bytes.array());
        }
    }
}
