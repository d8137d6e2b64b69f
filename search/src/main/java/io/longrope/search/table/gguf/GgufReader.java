package io.longrope.search.table.gguf;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the header of a GGUF file, version 2 or 3 (ggml's docs/gguf.md), in one pass through a small buffer. As strict
 * as llama.cpp's own loader: tensors lie one after the other, aligned, in the order of their descriptions.
 */
final class GgufReader {

    static final long MAGIC = 0x46554747L;
    private static final int LONGEST_NAME = 1 << 16;
    private static final long LONGEST_HEADER = 256L << 20;
    /** More than any vocabulary or list of merges has. */
    private static final int LONGEST_LIST = 1 << 24;
    private static final long SMALLEST_ENTRY = 8 + 4 + 1;
    private static final long SMALLEST_TENSOR = 8 + 4 + 8 + 4 + 8;

    private final Path file;
    private final GgufInput input;

    private GgufReader(Path file, GgufInput input) {
        this.file = file;
        this.input = input;
    }

    static GgufHeader read(Path file) throws IOException {
        Require.that(Files.isRegularFile(file), file.toString(), "must be a file", Files.exists(file) ? "something else" : "missing");
        try (var channel = FileChannel.open(file)) {
            return new GgufReader(file, new GgufInput(file, channel)).header();
        }
    }

    /** The values of a list, in their order: String, Boolean, Long or Double. */
    static List<Object> list(Path file, GgufEntry entry) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var input = new GgufInput(file, channel);
            input.skip(entry.start());
            return new GgufReader(file, input).list();
        }
    }

    private List<Object> list() throws IOException {
        var key = input.string("a metadata key", LONGEST_NAME);
        Require.that(valueType(key) == GgufValueType.ARRAY, file + ": " + key, "must be a list", "a single value");
        var type = valueType(key);
        Require.that(type != GgufValueType.ARRAY, file + ": " + key, "must not be an array of arrays", "one");
        long count = input.count("the length of " + key, type == GgufValueType.STRING ? 8 : type.bytes);
        Require.that(count <= LONGEST_LIST, file + ": " + key, "must have at most " + LONGEST_LIST + " values", count);
        var values = new ArrayList<Object>((int) count);
        for (long i = 0; i < count; i++) {
            values.add(type == GgufValueType.STRING ? input.string("a string of " + key, LONGEST_NAME) : scalar(key, type));
        }
        return values;
    }

    private GgufHeader header() throws IOException {
        long magic = input.remaining() < 4 ? 0 : input.u32();
        Require.that(magic == MAGIC, file.toString(), "must begin with GGUF", "something else");
        long version = input.u32();
        Require.that(version == 2 || version == 3, file + ": GGUF version", "must be 2 or 3, little-endian", version);
        long tensorCount = input.count("the number of tensors", SMALLEST_TENSOR);
        long entryCount = input.count("the number of metadata entries", SMALLEST_ENTRY);
        var entries = new LinkedHashMap<String, GgufEntry>();
        for (long i = 0; i < entryCount; i++) {
            var entry = entry();
            Require.that(input.position() <= LONGEST_HEADER, file.toString(), "must have at most 256 MiB of metadata", "more");
            Require.that(entries.put(entry.key(), entry) == null, file + ": " + entry.key(), "must be given once", "twice");
        }
        var descriptions = new ArrayList<GgufTensor>();
        for (long i = 0; i < tensorCount; i++) {
            descriptions.add(tensor());
        }
        int alignment = alignment(entries);
        long dataStart = align(input.position(), alignment);
        return new GgufHeader(file, (int) version, alignment, entries, checked(descriptions, alignment, dataStart), dataStart);
    }

    private GgufEntry entry() throws IOException {
        long start = input.position();
        var key = input.string("a metadata key", LONGEST_NAME);
        var type = valueType(key);
        Optional<Object> scalar = Optional.empty();
        if (type == GgufValueType.ARRAY) {
            skipArray(key);
        } else if (type == GgufValueType.STRING) {
            scalar = shortText(key);
        } else {
            scalar = Optional.of(scalar(key, type));
        }
        return new GgufEntry(key, type, start, input.position(), scalar);
    }

    private GgufValueType valueType(String key) throws IOException {
        long number = input.u32();
        Require.that(number < GgufValueType.values().length, file + ": " + key, "must be of a known type", "type " + number);
        return GgufValueType.values()[(int) number];
    }

    private Object scalar(String key, GgufValueType type) throws IOException {
        return switch (type) {
            case U8 -> (long) input.u8();
            case I8 -> (long) (byte) input.u8();
            case BOOL -> input.u8() != 0;
            case U16 -> (long) (input.u8() | input.u8() << 8);
            case I16 -> (long) (short) (input.u8() | input.u8() << 8);
            case U32 -> input.u32();
            case I32 -> (long) (int) input.u32();
            case U64, I64 -> input.i64();
            case F32 -> (double) input.f32();
            case F64 -> input.f64();
            case STRING, ARRAY -> throw new IllegalArgumentException(type + " has no fixed size");
        };
    }

    /** Long texts (chat templates) stay in the file. */
    private Optional<Object> shortText(String key) throws IOException {
        long length = input.count("the length of " + key, 1);
        if (length > LONGEST_NAME) {
            input.skip(length);
            return Optional.empty();
        }
        return Optional.of(input.text(key, (int) length));
    }

    private void skipArray(String key) throws IOException {
        var type = valueType(key);
        Require.that(type != GgufValueType.ARRAY, file + ": " + key, "must not be an array of arrays", "one");
        if (type == GgufValueType.STRING) {
            long count = input.count("the length of " + key, 8);
            for (long i = 0; i < count; i++) {
                input.skip(input.count("a string of " + key, 1));
            }
            return;
        }
        input.skip(input.count("the length of " + key, type.bytes) * type.bytes);
    }

    private GgufTensor tensor() throws IOException {
        var name = input.string("a tensor name", LONGEST_NAME);
        long rank = input.u32();
        Require.that(rank >= 1 && rank <= 4, file + ": " + name, "must have one to four dimensions", rank);
        var dimensions = new ArrayList<Long>();
        long elements = 1;
        for (int i = 0; i < rank; i++) {
            long dimension = input.i64();
            Require.that(dimension >= 0 && (dimension == 0 || elements <= Long.MAX_VALUE / dimension / 8), file + ": " + name,
                    "must have a possible shape", dimensions + " by " + dimension);
            elements *= dimension;
            dimensions.add(dimension);
        }
        long typeId = input.u32();
        var type = GgufTensorType.of(typeId);
        Require.that(type != null, file + ": " + name, "must be of a known tensor type", typeId);
        Require.that(dimensions.get(0) % type.blockElements() == 0, file + ": " + name,
                "must have rows of whole blocks of " + type.blockElements(), dimensions.get(0));
        long bytes = elements / type.blockElements() * type.blockBytes();
        return new GgufTensor(name, List.copyOf(dimensions), type, input.i64(), bytes);
    }

    private int alignment(Map<String, GgufEntry> entries) {
        var entry = entries.get("general.alignment");
        if (entry == null) {
            return 32;
        }
        long alignment = entry.scalar().filter(Long.class::isInstance).map(Long.class::cast).orElse(0L);
        Require.that(alignment >= 1 && alignment <= 1 << 20 && Long.bitCount(alignment) == 1, file + ": general.alignment",
                "must be a power of two up to 1048576", entry.scalar().orElse("an array"));
        return (int) alignment;
    }

    private Map<String, GgufTensor> checked(List<GgufTensor> tensors, int alignment, long dataStart) throws IOException {
        var byName = new LinkedHashMap<String, GgufTensor>();
        long expected = 0;
        long size = Files.size(file);
        for (var tensor : tensors) {
            Require.that(byName.put(tensor.name(), tensor) == null, file + ": " + tensor.name(), "must be given once", "twice");
            Require.that(tensor.offset() == expected, file + ": " + tensor.name(), "must lie at offset " + expected + " of the data",
                    tensor.offset());
            if (tensor.bytes() > size - dataStart - expected) {
                throw new BadInput(file + ": " + tensor.name(), "must lie inside the file", Plural.of(tensor.bytes(), "byte") + " at "
                        + (dataStart + expected) + " of " + size, "copy or download it again");
            }
            expected = align(expected + tensor.bytes(), alignment);
        }
        return byName;
    }

    static long align(long position, int alignment) {
        return (position + alignment - 1) / alignment * alignment;
    }
}
