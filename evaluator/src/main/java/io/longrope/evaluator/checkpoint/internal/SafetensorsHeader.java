package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The header of a safetensors file, checked: 8 bytes little-endian length, JSON, then the tensors without gap or overlap
 * up to the end of the file.
 */
public final class SafetensorsHeader {

    /** The bound of the format's reference reader. */
    private static final long MAXIMUM_BYTES = 100_000_000;
    private static final Map<String, Integer> ELEMENT_BYTES = Map.ofEntries(Map.entry("BOOL", 1), Map.entry("U8", 1),
            Map.entry("I8", 1), Map.entry("F8_E4M3", 1), Map.entry("F8_E5M2", 1), Map.entry("F8_E8M0", 1), Map.entry("U16", 2),
            Map.entry("I16", 2), Map.entry("F16", 2), Map.entry("BF16", 2), Map.entry("U32", 4), Map.entry("I32", 4),
            Map.entry("F32", 4), Map.entry("U64", 8), Map.entry("I64", 8), Map.entry("F64", 8));

    private static final long LONGEST_TEXT = 1024;
    private static final Pattern PATH = Pattern.compile("[\\w./@ -]+\\.safetensors|[\\w./@ -]*blobs/[0-9a-f]{20,}");

    /** What a download keeps that was answered with a page. */
    private static final Pattern PAGE = Pattern.compile("<(?:!doctype|html|head|\\?xml)", Pattern.CASE_INSENSITIVE);

    private SafetensorsHeader() {
    }

    /**
     * One tensor of the file.
     *
     * @param type   as the file spells it
     * @param offset absolute, in the file
     */
    public record Entry(String name, String type, long[] shape, long offset, long bytes) {
    }

    /** All tensors, in file order. */
    public static List<Entry> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new BadInput(file.toString(), "must be a safetensors file", Files.exists(file) ? "something else" : "missing",
                    "save the weights with safe_serialization, as transformers does by default");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            requireNoText(file, channel, size);
            require(size >= 8, file, "must be a safetensors file, at least 8 bytes", Plural.of(size, "byte"));
            long length = readFully(channel, 0, 8).getLong();
            require(length >= 2 && length <= MAXIMUM_BYTES, file, "must have a header of 2 to " + MAXIMUM_BYTES + " bytes",
                    Long.toUnsignedString(length));
            require(length <= size - 8, file, "must hold its header of " + Plural.of(length, "byte"), Plural.of(size, "byte")
                    + " in all (truncated?)");
            var json = Json.mapper().readTree(readFully(channel, 8, (int) length).array());
            require(json != null && json.isObject(), file, "must have a JSON object as header",
                    json == null ? "nothing" : json.getNodeType());
            return entries(file, json, 8 + length, size);
        } catch (JsonProcessingException e) {
            throw new BadInput(new Problem(file.toString(), "must have a JSON object as header", JsonFault.of(e).found(), ""), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }

    /** What Git leaves in the place of a file it did not fetch, and of a link where it makes none. */
    private static void requireNoText(Path file, FileChannel channel, long size) throws IOException {
        var text = new String(readFully(channel, 0, (int) Math.min(size, LONGEST_TEXT)).array(), StandardCharsets.ISO_8859_1).strip();
        if (PAGE.matcher(text).lookingAt()) {
            throw new BadInput(file.toString(), "must be a safetensors file", "a page of HTML",
                    "download it again, signed in where the model asks for that");
        }
        if (size > LONGEST_TEXT) {
            return;
        }
        if (text.startsWith("version https://git-lfs")) {
            throw new BadInput(file.toString(), "must be a safetensors file", "a pointer of Git LFS", "git lfs pull fetches the file");
        }
        if (PATH.matcher(text).matches()) {
            throw new BadInput(file.toString(), "must be a safetensors file", "the text of a link to " + text,
                    "copy that file here, or make the link");
        }
    }

    private static List<Entry> entries(Path file, JsonNode header, long dataStart, long fileSize) {
        var entries = new ArrayList<Entry>();
        header.properties().forEach(field -> {
            if (!field.getKey().equals("__metadata__")) {
                entries.add(entry(file, field.getKey(), field.getValue(), dataStart, fileSize));
            }
        });
        entries.sort(Comparator.comparingLong(Entry::offset).thenComparingLong(Entry::bytes));
        long expected = dataStart;
        for (var entry : entries) {
            require(entry.offset() == expected, file, "must have tensors without gap or overlap, " + entry.name()
                    + " beginning at data offset " + (expected - dataStart), entry.offset() - dataStart);
            expected += entry.bytes();
        }
        require(expected == fileSize, file, "must end with its last tensor, at byte " + expected, Plural.of(fileSize, "byte"));
        return entries;
    }

    private static Entry entry(Path file, String name, JsonNode json, long dataStart, long fileSize) {
        var place = "tensor " + name;
        var type = json.path("dtype").asText();
        require(ELEMENT_BYTES.containsKey(type), file, place + " must have a dtype of the format", json.path("dtype"));
        var shape = longs(file, place + " must have a shape of whole numbers of at least 0", json.path("shape"));
        var offsets = longs(file, place + " must have two data_offsets of at least 0", json.path("data_offsets"));
        require(offsets.length == 2 && offsets[0] <= offsets[1], file, place + " must have data_offsets [begin, end]",
                json.path("data_offsets"));
        require(offsets[1] <= fileSize - dataStart, file, place + " must lie inside the file, whose data has "
                + Plural.of(fileSize - dataStart, "byte"), "end " + offsets[1] + " (truncated?)");
        long bytes = bytes(file, place, shape, ELEMENT_BYTES.get(type));
        require(bytes == offsets[1] - offsets[0], file, place + " must have the " + Plural.of(bytes, "byte") + " of its shape and dtype",
                offsets[1] - offsets[0]);
        return new Entry(name, type, shape, dataStart + offsets[0], bytes);
    }

    private static long bytes(Path file, String place, long[] shape, int elementBytes) {
        try {
            long bytes = elementBytes;
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, size);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw new BadInput(file.toString(), place + " must have fewer than 2^63 bytes", Arrays.toString(shape), "");
        }
    }

    private static long[] longs(Path file, String rule, JsonNode json) {
        require(json.isArray(), file, rule, json);
        var values = new long[json.size()];
        for (int i = 0; i < values.length; i++) {
            var node = json.get(i);
            require(node.isIntegralNumber() && node.canConvertToLong() && node.longValue() >= 0, file, rule, json);
            values[i] = node.longValue();
        }
        return values;
    }

    private static ByteBuffer readFully(FileChannel channel, long position, int length) throws IOException {
        var buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file ended while it was read");
            }
        }
        return buffer.flip();
    }

    private static void require(boolean holds, Path file, String rule, Object found) {
        if (!holds) {
            throw new BadInput(file.toString(), rule, found, "");
        }
    }
}
