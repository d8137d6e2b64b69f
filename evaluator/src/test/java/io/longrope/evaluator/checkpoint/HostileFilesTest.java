package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever bytes a file holds: it is read, or refused as bad input; nothing else ever happens. */
class HostileFilesTest {

    private static final String CONFIG = """
            {"model_type":"qwen2","vocab_size":64,"hidden_size":32,"intermediate_size":48,"num_hidden_layers":2,
            "num_attention_heads":4,"num_key_value_heads":2,"max_position_embeddings":128,"rms_norm_eps":1e-6,
            "rope_scaling":{"type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,2,3,4.5],"factor":4},
            "use_sliding_window":true,"sliding_window":12,"max_window_layers":1,"bos_token_id":1,"eos_token_id":[2,3]}""";
    private static final List<String> VALUES = List.of("null", "-1", "0", "1e400", "99999999999999999999", "\"x\"", "[]", "{}", "true", "2147483647",
            "0.5", "[[[[1]]]]", "\"su\"", "\"yarn\"", "-9223372036854775808");

    private static Path directory;
    private static byte[] safetensors;

    @BeforeContainer
    static void writeFile() throws IOException {
        directory = Files.createTempDirectory("hostile");
        var file = directory.resolve("good.safetensors");
        SafetensorsWriter.write(file, DataType.F32, List.of(
                new SafetensorsWriter.Source("a.weight", new long[] {2, 3}, () -> new float[6]),
                new SafetensorsWriter.Source("b.weight", new long[] {4}, () -> new float[4])));
        safetensors = Files.readAllBytes(file);
    }

    @AfterContainer
    static void deleteFiles() throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Property(tries = 500)
    void safetensorsWithChangedBytes(@ForAll @Size(min = 1, max = 6) List<@IntRange(max = 250) Integer> places, @ForAll byte value,
                                     @ForAll @IntRange(max = 60) int cut) {
        var bytes = Arrays.copyOf(safetensors, safetensors.length - cut);
        places.forEach(place -> bytes[place % bytes.length] = value);

        readOrRefuse(() -> {
            var tensors = Safetensors.ofFile(write("mutated.safetensors", bytes));
            tensors.tensors().forEach(tensor -> assertThat(tensor.toFloats()).hasSize((int) tensor.elements()));
        });
    }

    @Property(tries = 500)
    void safetensorsWithChangedHeader(@ForAll("edits") String edit, @ForAll @IntRange(max = 40) int number) {
        int headerLength = (safetensors[0] & 0xff) | (safetensors[1] & 0xff) << 8;
        var header = new String(safetensors, 8, headerLength, StandardCharsets.UTF_8);
        var changed = replaceNumber(header, number, edit).getBytes(StandardCharsets.UTF_8);
        var bytes = new byte[8 + changed.length + safetensors.length - 8 - headerLength];
        bytes[0] = (byte) changed.length;
        bytes[1] = (byte) (changed.length >> 8);
        System.arraycopy(changed, 0, bytes, 8, changed.length);
        System.arraycopy(safetensors, 8 + headerLength, bytes, 8 + changed.length, safetensors.length - 8 - headerLength);

        readOrRefuse(() -> Safetensors.ofFile(write("header.safetensors", bytes)).tensors().forEach(StoredTensor::toFloats));
    }

    @Property(tries = 500)
    void configsWithChangedValues(@ForAll("edits") String edit, @ForAll @IntRange(max = 60) int number) {
        var json = replaceNumber(CONFIG, number, edit);

        readOrRefuse(() -> ModelConfig.read(write("config.json", json.getBytes(StandardCharsets.UTF_8))).candidate(256));
    }

    @Property(tries = 300)
    void configsCutOrWithChangedBytes(@ForAll @IntRange(max = 480) int place, @ForAll byte value, @ForAll boolean cut) {
        var bytes = CONFIG.getBytes(StandardCharsets.UTF_8);
        bytes[place % bytes.length] = value;
        var mutated = cut ? Arrays.copyOf(bytes, place % bytes.length) : bytes;

        readOrRefuse(() -> ModelConfig.read(write("config.json", mutated)).candidate(256));
    }

    @Provide
    Arbitrary<String> edits() {
        return Arbitraries.of(VALUES);
    }

    /** Replaces the n-th number of a JSON text. */
    private static String replaceNumber(String json, int number, String value) {
        var matcher = Pattern.compile("(?<=[:\\[,])-?[0-9][0-9.e-]*").matcher(json);
        int found = 0;
        while (matcher.find()) {
            if (found++ == number) {
                return json.substring(0, matcher.start()) + value + json.substring(matcher.end());
            }
        }
        return json;
    }

    private static void readOrRefuse(Runnable reading) {
        try {
            reading.run();
        } catch (BadInput e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.getMessage()).contains(directory.toString());
        }
    }

    private static Path write(String name, byte[] bytes) {
        try {
            return Files.write(directory.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
