package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
    private static final List<String> VALUES =
            List.of("null", "-1", "0", "1e400", "99999999999999999999", "\"x\"", "[]", "{}", "true", "2147483647",
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

    /** The first 8 bytes say how long the header is. */
    @Property(tries = 300)
    void safetensorsWithALyingLength(@ForAll long length, @ForAll @IntRange(max = 63) int shift) {
        var bytes = safetensors.clone();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length >> shift);

        readOrRefuse(() -> Safetensors.ofFile(write("length.safetensors", bytes)).tensors().forEach(StoredTensor::toFloats));
    }

    @Property(tries = 300)
    void safetensorsWithTensorsAnywhere(@ForAll @IntRange(min = -8, max = 60) int begin, @ForAll @IntRange(min = -8, max = 60) int end,
                                        @ForAll @IntRange(min = -1, max = 6) int rows, @ForAll @IntRange(max = 60) int data) {
        var header = ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},\"b\":{\"dtype\":\"F32\",\"shape\":[" + rows
                + "],\"data_offsets\":[" + begin + "," + end + "]}}").getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).array();
        boolean whole = begin == 24 && end == data && data - 24 == 4 * rows;

        var read = readOrRefuse(() -> Safetensors.ofFile(write("anywhere.safetensors", bytes)).tensors().forEach(StoredTensor::toFloats));

        assertThat(read).as("gap, overlap or remainder")
                .isEqualTo(whole || begin == end && (begin == 24 || begin == 0) && rows == 0 && data == 24);
    }

    @Property(tries = 300)
    void shardsWithAChangedIndex(@ForAll @IntRange(max = 200) int place, @ForAll char value, @ForAll("names") String file,
            @ForAll boolean cut) throws IOException {
        var index = "{\"metadata\":{\"total_size\":40},\"weight_map\":{\"a.weight\":\"" + file + "\",\"b.weight\":\"good.safetensors\"}}";
        var mutated = new StringBuilder(index);
        mutated.setCharAt(place % index.length(), value);
        write("model.safetensors.index.json",
                (cut ? index.substring(0, place % index.length()) : mutated.toString()).getBytes(StandardCharsets.UTF_8));

        readOrRefuse(() -> Safetensors.ofDirectory(directory).tensors().forEach(StoredTensor::toFloats));
    }

    @Example
    void deepAndHugeJson() {
        var deep = "[".repeat(200_000) + "]".repeat(200_000);
        var values = List.of(deep, "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000), "1e2147483647", "-1E-2147483647",
                "9".repeat(5000), "0." + "1".repeat(5000),
                "\"" + "x\\n".repeat(500_000) + "\"", "[" + "1,".repeat(1_000_000) + "1]");
        for (var value : values) {
            for (var key : List.of("vocab_size", "rope_theta", "rms_norm_eps", "rope_scaling", "eos_token_id", "model_type", "layer_types",
                    "quantization_config")) {
                var json = "{\"" + key + "\":" + value + ","
                        + CONFIG.replaceAll("\"" + key + "\":(\"[^\"]*\"|\\[[^]]*\\]|\\{[^}]*\\}|[^,}]*),?", "").substring(1);
                readOrRefuse(() -> ModelConfig.read(write("config.json", json.getBytes(StandardCharsets.UTF_8))).candidate(256));
            }
            var header = ("{\"a\":{\"dtype\":\"F32\",\"shape\":" + value + ",\"data_offsets\":[0," + value + "]}}")
                    .getBytes(StandardCharsets.UTF_8);
            var bytes = ByteBuffer.allocate(8 + header.length + 16).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header)
                    .array();
            assertThat(readOrRefuse(() -> Safetensors.ofFile(write("deep.safetensors", bytes)))).isFalse();
        }
    }

    @Property(tries = 60)
    void tokenizersWithChangedBytes(@ForAll @IntRange(max = 20_000) int place, @ForAll byte value, @ForAll boolean cut) throws IOException {
        var good = ByteLevelTokenizer.files().get("tokenizer.json").getBytes(StandardCharsets.UTF_8);
        good[place % good.length] = value;
        write("tokenizer.json", cut ? Arrays.copyOf(good, place % good.length) : good);

        readOrRefuse(() -> encode("<|startoftext|>some text"));
    }

    @Property(tries = 100)
    void tokenizersWithChangedValues(@ForAll("edits") String edit, @ForAll @IntRange(max = 270) int number) throws IOException {
        var json = replaceNumber(ByteLevelTokenizer.files().get("tokenizer.json").replace(" : ", ":"), number, edit);
        write("tokenizer.json", json.getBytes(StandardCharsets.UTF_8));

        readOrRefuse(() -> encode("<|startoftext|>some text"));
    }

    /** Each ended the process before tokenizer.json was checked here: the library panics over them. */
    @Example
    void tokenizersThatMakeTheLibraryPanic() throws IOException {
        var good = ByteLevelTokenizer.files().get("tokenizer.json").replace(" : ", ":");
        var merges = good.replaceFirst("\"merges\":\\[ ]", "\"merges\":[[\"a\",\"b\"]]");
        assertThat(merges).isNotEqualTo(good);
        for (var hostile : List.of(good.substring(0, good.indexOf("\"decoder\":") + 10), decoder(good, "\"\\ud800\""),
                decoder(good, "1e400"),
                decoder(good, "[".repeat(200) + "]".repeat(200)),
                merges.replace("\"continuing_subword_prefix\":null", "\"continuing_subword_prefix\":\"abcdef\""))) {
            write("tokenizer.json", hostile.getBytes(StandardCharsets.UTF_8));

            assertThat(readOrRefuse(() -> encode("<|startoftext|>"))).as(hostile).isFalse();
        }
    }

    private static String decoder(String json, String value) {
        return json.replace("\"decoder\":{", "\"decoder\":{\"more\":" + value + ",");
    }

    private static void encode(String text) {
        try (var tokenizer = Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE)) {
            assertThat(Arrays.stream(tokenizer.encode(text))).allMatch(id -> id >= 0 && id < ByteLevelTokenizer.VOCAB_SIZE);
        }
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.of("good.safetensors", "none.safetensors", "", ".", "..", "../good.safetensors", "/etc/passwd", "\\u0000",
                "a\\u0000b", "config.json",
                "x".repeat(5000), "good.safetensors/", "./good.safetensors");
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

    /** @return whether it was read */
    private static boolean readOrRefuse(Runnable reading) {
        try {
            reading.run();
            return true;
        } catch (BadInput e) {
            assertThat(e.problems()).isNotEmpty();
            assertThat(e.problems().toString()).contains(directory.toString()).hasSizeLessThan(6000).hasLineCount(1);
            return false;
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
