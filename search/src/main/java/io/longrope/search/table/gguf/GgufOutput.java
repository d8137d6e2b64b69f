package io.longrope.search.table.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The parts a GGUF file is made of, as bytes. */
final class GgufOutput {

    private GgufOutput() {
    }

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] entry(String key, String value) {
        return entry(key, GgufValueType.STRING, text(value));
    }

    static byte[] entry(String key, int value) {
        return entry(key, GgufValueType.U32, buffer(4).putInt(value).array());
    }

    static byte[] entry(String key, float value) {
        return entry(key, GgufValueType.F32, buffer(4).putFloat(value).array());
    }

    static byte[] entry(String key, boolean value) {
        return entry(key, GgufValueType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    static byte[] strings(String key, List<String> values) {
        var elements = new ByteArrayOutputStream();
        values.forEach(value -> elements.writeBytes(text(value)));
        return entry(key, GgufValueType.ARRAY, array(GgufValueType.STRING, values.size(), elements.toByteArray()));
    }

    static byte[] integers(String key, int[] values) {
        var elements = buffer(4 * values.length);
        for (int value : values) {
            elements.putInt(value);
        }
        return entry(key, GgufValueType.ARRAY, array(GgufValueType.I32, values.length, elements.array()));
    }

    static byte[] floats(String key, float[] values) {
        var elements = buffer(4 * values.length);
        for (float value : values) {
            elements.putFloat(value);
        }
        return entry(key, GgufValueType.ARRAY, array(GgufValueType.F32, values.length, elements.array()));
    }

    static ByteBuffer start(int version, int tensors, int entries) {
        return buffer(24).putInt((int) GgufReader.MAGIC).putInt(version).putLong(tensors).putLong(entries);
    }

    static ByteBuffer description(GgufTensor tensor) {
        var name = tensor.name().getBytes(StandardCharsets.UTF_8);
        var bytes = buffer(8 + name.length + 4 + 8 * tensor.dimensions().size() + 4 + 8).putLong(name.length).put(name)
                .putInt(tensor.dimensions().size());
        tensor.dimensions().forEach(bytes::putLong);
        return bytes.putInt(tensor.type().id()).putLong(tensor.offset());
    }

    static void pad(FileChannel out, int alignment) throws IOException {
        long position = out.position();
        int padding = (int) (GgufReader.align(position, alignment) - position);
        write(out, ByteBuffer.allocate(padding).position(padding));
    }

    static void write(FileChannel out, byte[] bytes) throws IOException {
        write(out, ByteBuffer.wrap(bytes).position(bytes.length));
    }

    /** Writes what has been put into a buffer. */
    static void write(FileChannel out, ByteBuffer filled) throws IOException {
        filled.flip();
        while (filled.hasRemaining()) {
            out.write(filled);
        }
    }

    private static byte[] entry(String key, GgufValueType type, byte[] value) {
        var entry = new ByteArrayOutputStream();
        entry.writeBytes(text(key));
        entry.writeBytes(buffer(4).putInt(type.ordinal()).array());
        entry.writeBytes(value);
        return entry.toByteArray();
    }

    private static byte[] array(GgufValueType type, int count, byte[] elements) {
        return buffer(12 + elements.length).putInt(type.ordinal()).putLong(count).put(elements).array();
    }

    private static byte[] text(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return buffer(8 + bytes.length).putLong(bytes.length).put(bytes).array();
    }
}
