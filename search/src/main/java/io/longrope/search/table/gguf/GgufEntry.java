package io.longrope.search.table.gguf;

import java.util.Optional;

/**
 * A metadata entry, left in the file unless it is a single value.
 *
 * @param key    its name
 * @param type   of the value
 * @param start  where the entry begins in the file, key included
 * @param end    where it ends
 * @param scalar the value when it is a number (Long or Double), a Boolean or a String of at most 64 KiB
 */
public record GgufEntry(String key, GgufValueType type, long start, long end, Optional<Object> scalar) {
}
