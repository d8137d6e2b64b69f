package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SafetensorsTest {

    @TempDir
    Path directory;

    @Test
    void readsTheThreeFormats() throws IOException {
        var data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(1.5f).putFloat(-2).putShort((short) 0x3fc0).putShort((short) 0xc000).putShort((short) 0x3e00)
                .putShort((short) 0x8001);
        var file = file("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},"
                + "'b':{'dtype':'BF16','shape':[2,1],'data_offsets':[8,12]},"
                + "'c':{'dtype':'F16','shape':[2],'data_offsets':[12,16]}}", data.array());

        var tensors = Safetensors.ofFile(file);

        assertThat(tensors.names()).containsExactly("a", "b", "c");
        assertThat(tensors.tensor("a").toFloats()).containsExactly(1.5f, -2);
        assertThat(tensors.tensor("b").toFloats()).containsExactly(1.5f, -2);
        assertThat(tensors.tensor("c").toFloats()).containsExactly(1.5f, -0x1p-24f);
        assertThat(tensors.tensor("b").shape()).containsExactly(2, 1);
        assertThat(tensors.tensor("a").rows(1, 1).toFloats()).containsExactly(-2);
    }

    /** As transformers takes it for a model in float32. */
    @Test
    void roundsFloat64AsItIsRead() throws IOException {
        var data = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(1.5).putDouble(Math.PI).putDouble(-0.1).putDouble(1e300);
        var tensor = Safetensors.ofFile(file("{'a':{'dtype':'F64','shape':[2,2],'data_offsets':[0,32]}}", data.array())).tensor("a");

        assertThat(tensor.type()).isEqualTo(DataType.F32);
        assertThat(tensor.bytes()).isEqualTo(16);
        assertThat(tensor.toFloats()).containsExactly(1.5f, (float) Math.PI, -0.1f, Float.POSITIVE_INFINITY);
        assertThat(tensor.rows(1, 1).toFloats()).containsExactly(-0.1f, Float.POSITIVE_INFINITY);
        var parts = new ArrayList<Float>();
        tensor.read(ByteBuffer.allocate(4), part -> parts.add(part.getFloat()));
        assertThat(parts).containsExactly(1.5f, (float) Math.PI, -0.1f, Float.POSITIVE_INFINITY);
    }

    @Test
    void acceptsTensorsWithoutElementsAndScalars() throws IOException {
        var file = file("{'e':{'dtype':'F32','shape':[0,4],'data_offsets':[0,0]},'s':{'dtype':'F32','shape':[],'data_offsets':[0,4]}}",
                new byte[4]);

        var tensors = Safetensors.ofFile(file);

        assertThat(tensors.tensor("e").toFloats()).isEmpty();
        assertThat(tensors.tensor("s").toFloats()).containsExactly(0);
    }

    @Test
    void listsIntegersButDoesNotOpenThem() throws IOException {
        var file = file("{'ids':{'dtype':'I64','shape':[1],'data_offsets':[0,8]}}", new byte[8]);

        var tensors = Safetensors.ofFile(file);

        assertThat(tensors.names()).containsExactly("ids");
        assertThatThrownBy(() -> tensors.tensor("ids")).isInstanceOf(BadInput.class)
                .hasMessage(file + " must have tensor ids as F32, F16, BF16 or F64, but was I64");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 4 | must lie inside the file",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 9 | must end with its last tensor",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | without "
            + "gap or overlap",
            "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | without gap or overlap",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | 8 | must have data_offsets [begin, end]",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | 8 | must have data_offsets [begin, end]",
            "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | 8 | must have the 12 bytes of its shape and dtype",
            "{'a':{'dtype':'F99','shape':[2],'data_offsets':[0,8]}} | 8 | must have a dtype of the format",
            "{'a':{'shape':[2],'data_offsets':[0,8]}} | 8 | must have a dtype of the format",
            "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | 8 | must have a shape of whole numbers",
            "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,8]}} | 8 | must have a shape of whole numbers",
            "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}} | 8 | must have fewer than 2^63 bytes",
            "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 8 | twice",
            "{'a':7} | 0 | must have a dtype of the format",
            "[1] | 0 | must have a JSON object as header",
            "{'a' | 0 | must have a JSON object as header",
    })
    void refusesABrokenHeader(String header, int dataBytes, String complaint) throws IOException {
        var file = file(header, new byte[dataBytes]);

        assertThatThrownBy(() -> Safetensors.ofFile(file)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith(file.toString()).hasMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({"-1", "0", "1", "3000", "100000001", "9223372036854775807"})
    void refusesAnImpossibleHeaderLength(long length) throws IOException {
        var file = directory.resolve("model.safetensors");
        Files.write(file, ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array());

        assertThatThrownBy(() -> Safetensors.ofFile(file)).isInstanceOf(BadInput.class).hasMessageContaining("header");
    }

    @ParameterizedTest
    @CsvSource({"0", "7"})
    void refusesAFileShorterThanItsLengthField(int bytes) throws IOException {
        var file = directory.resolve("model.safetensors");
        Files.write(file, new byte[bytes]);

        assertThatThrownBy(() -> Safetensors.ofFile(file)).isInstanceOf(BadInput.class).hasMessageContaining("at least 8 bytes");
    }

    @Test
    void readsShardsThroughTheIndex() throws IOException {
        write(directory.resolve("one.safetensors"), "a", 1);
        write(directory.resolve("two.safetensors"), "b", 2);
        index("{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"two.safetensors\"}}");

        var tensors = Safetensors.ofDirectory(directory);

        assertThat(tensors.tensor("a").toFloats()).containsExactly(1);
        assertThat(tensors.tensor("b").toFloats()).containsExactly(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"weight_map\":{\"a\":\"../one.safetensors\"}} | must name files of its own directory",
            "{\"weight_map\":{\"a\":\"/one.safetensors\"}} | must name files of its own directory",
            "{\"weight_map\":{\"a\":\"missing.safetensors\"}} | missing",
            "{\"weight_map\":{\"other\":\"one.safetensors\"}} | must hold tensor other as the index says",
            "{\"weight_map\":{\"a\":\"one.safetensors\",\"b\":\"same.safetensors\"}} | must not repeat a tensor of another shard",
            "{} | must have a weight_map",
    })
    void refusesABrokenIndex(String index, String complaint) throws IOException {
        write(directory.resolve("one.safetensors"), "a", 1);
        Files.copy(directory.resolve("one.safetensors"), directory.resolve("same.safetensors"));
        index(index);

        assertThatThrownBy(() -> Safetensors.ofDirectory(directory)).isInstanceOf(BadInput.class).hasMessageContaining(complaint);
    }

    @Test
    void noticesAFileThatShrankAfterItWasOpened() throws IOException {
        var file = directory.resolve("model.safetensors");
        write(file, "a", 1);
        var tensor = Safetensors.ofFile(file).tensor("a");
        Files.write(file, new byte[10]);

        assertThatThrownBy(tensor::toFloats).isInstanceOf(BadInput.class).hasMessageContaining("the file changed after it was opened");
    }

    private void index(String json) throws IOException {
        Files.writeString(directory.resolve("model.safetensors.index.json"), json);
    }

    private static void write(Path file, String name, float value) throws IOException {
        SafetensorsWriter.write(file, DataType.F32, List.of(new SafetensorsWriter.Source(name, new long[] {1}, () -> new float[] {value})));
    }

    private Path file(String header, byte[] data) throws IOException {
        var json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json)
                .put(data);
        return Files.write(directory.resolve("model.safetensors"), bytes.array());
    }
}
