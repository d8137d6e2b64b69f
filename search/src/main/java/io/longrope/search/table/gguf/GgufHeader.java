package io.longrope.search.table.gguf;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a GGUF file says before its data. Lists of metadata stay in the file until they are asked for.
 *
 * @param file      for messages
 * @param version   2 or 3
 * @param alignment bytes that tensors are aligned to, a power of two
 * @param entries   metadata in file order
 * @param tensors   descriptions in file order
 * @param dataStart where the data section begins
 */
public record GgufHeader(Path file, int version, int alignment, Map<String, GgufEntry> entries, Map<String, GgufTensor> tensors,
                         long dataStart) {

    /** True of a file that begins as GGUF files do, whatever its name. */
    public static boolean isIn(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(4), StandardCharsets.ISO_8859_1).equals("GGUF");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** The only GGUF file of a directory without a config.json, as export writes it; any other path as it is. */
    public static Path orOnlyOneIn(Path path) {
        if (!Files.isDirectory(path) || Files.exists(path.resolve("config.json"))) {
            return path;
        }
        try (var files = Files.list(path)) {
            var found = files.filter(file -> file.getFileName().toString().endsWith(".gguf")).limit(2).toList();
            return found.size() == 1 && isIn(found.get(0)) ? found.get(0) : path;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** @throws BadInput when the file is no GGUF, or ends too early */
    public static GgufHeader read(Path file) {
        try {
            return GgufReader.read(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** @throws BadInput when this is one of several parts of a model */
    public void requireWhole() {
        long parts = whole("split.count").orElse(1);
        if (parts > 1) {
            throw bad("split.count", "must be 1: the whole model in one file", Plural.of(parts, "part"),
                    "join them first with llama.cpp's llama-gguf-split --merge");
        }
    }

    public boolean has(String key) {
        return entries.containsKey(key);
    }

    public Optional<String> text(String key) {
        return scalar(key, String.class);
    }

    public OptionalLong whole(String key) {
        var value = scalar(key, Long.class);
        return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
    }

    public OptionalDouble number(String key) {
        var value = scalar(key, Number.class);
        return value.isPresent() ? OptionalDouble.of(value.get().doubleValue()) : OptionalDouble.empty();
    }

    public Optional<Boolean> flag(String key) {
        return scalar(key, Boolean.class);
    }

    /** A list of strings; empty where there is none of that name. */
    public List<String> texts(String key) {
        return list(key, String.class);
    }

    /** A list of numbers of any type; empty where there is none of that name. */
    public List<Number> numbers(String key) {
        return list(key, Number.class);
    }

    /** A list of flags; empty where there is none of that name. */
    public List<Boolean> flags(String key) {
        return list(key, Boolean.class);
    }

    /**
     * A tensor of rope factors.
     *
     * @param count how many it must hold, in float32
     * @return empty where there is none of that name
     */
    public Optional<float[]> factors(String name, int count) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            return Optional.empty();
        }
        if (!tensor.type().equals(GgufTensorType.F32) || !tensor.dimensions().equals(List.of((long) count))) {
            throw bad(name, "must be " + count + " float32 factors, half the rotary dimension",
                    tensor.dimensions() + " of type " + tensor.type().name(), "");
        }
        try (var channel = FileChannel.open(file); var in = Channels.newInputStream(channel.position(dataStart + tensor.offset()))) {
            var factors = new float[count];
            ByteBuffer.wrap(in.readNBytes((int) tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(factors);
            for (int i = 0; i < count; i++) {
                Require.that(factors[i] > 0, file + ": " + name + "[" + i + "]", "must be greater than 0", factors[i]);
            }
            return Optional.of(factors);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** A complaint about a part of the file. */
    public BadInput bad(String name, String rule, Object found, String wayOut) {
        return new BadInput(file + ": " + name, rule, found, wayOut);
    }

    private <T> List<T> list(String key, Class<T> type) {
        var entry = entries.get(key);
        if (entry == null) {
            return List.of();
        }
        try {
            var values = GgufReader.list(file, entry);
            if (!values.stream().allMatch(type::isInstance)) {
                throw bad(key, "must be a list of " + kind(type) + "s", "others", "");
            }
            return values.stream().map(type::cast).toList();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private <T> Optional<T> scalar(String key, Class<T> type) {
        var entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        return Optional.of(entry.scalar().filter(type::isInstance).map(type::cast)
                .orElseThrow(() -> bad(key, "must be a single " + kind(type), entry.type(), "")));
    }

    private static String kind(Class<?> type) {
        return type == String.class ? "string" : type == Long.class ? "whole number" : type == Boolean.class ? "flag" : "number";
    }

    private static BadInput unreadable(Path file, IOException e) {
        return new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
    }
}
