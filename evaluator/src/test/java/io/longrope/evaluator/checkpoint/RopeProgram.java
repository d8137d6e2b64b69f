package io.longrope.evaluator.checkpoint;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What compare_rope_configs.py asks: reads the path of a config.json and a length a line, separated by a tab, and answers
 * each with the radians per position of every pair, the attention factor and the base of layers with a window, or with the
 * reason of a refusal.
 */
final class RopeProgram {

    private RopeProgram() {
    }

    public static void main(String[] arguments) throws IOException {
        var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = requests.readLine(); line != null; line = requests.readLine()) {
            var parts = line.split("\t");
            System.out.println(Json.write(answer(Path.of(parts[0]), Integer.parseInt(parts[1]))));
        }
    }

    private static Map<String, Object> answer(Path file, int length) {
        var answer = new LinkedHashMap<String, Object>();
        try {
            var config = ModelConfig.read(file);
            var candidate = config.candidate(length);
            var factors = candidate.factors().layer(0);
            answer.put("frequencies",
                    IntStream.range(0, factors.length).mapToDouble(i -> config.rope().inverseFrequency(i) / factors[i]).toArray());
            answer.put("attention", candidate.attentionFactor());
            config.variant().localTheta().ifPresent(theta -> answer.put("localTheta", theta));
        } catch (BadInput e) {
            answer.put("refused", e.getMessage());
        }
        return answer;
    }
}
