package io.longrope.search.table.gguf;

import io.longrope.search.problem.BadInput;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a GGUF file says before its data.
 *
 * @param file      for messages
 * @param version   2 or 3
 * @param alignment bytes that tensors are aligned to, a power of two
 * @param entries   metadata in file order
 * @param tensors   descriptions in file order
 * @param dataStart where the data section begins
 */
record GgufHeader(Path file, int version, int alignment, Map<String, GgufEntry> entries, Map<String, GgufTensor> tensors, long dataStart) {

    Optional<String> text(String key) {
        return scalar(key, String.class);
    }

    OptionalLong whole(String key) {
        var value = scalar(key, Long.class);
        return value.isPresent() ? OptionalLong.of(value.get()) : OptionalLong.empty();
    }

    OptionalDouble number(String key) {
        var value = scalar(key, Number.class);
        return value.isPresent() ? OptionalDouble.of(value.get().doubleValue()) : OptionalDouble.empty();
    }

    BadInput bad(String name, String rule, Object found, String wayOut) {
        return new BadInput(file + ": " + name, rule, found, wayOut);
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
        return type == String.class ? "string" : type == Long.class ? "whole number" : "number";
    }
}
