package io.longrope.search.table.gguf;

import java.util.List;

/**
 * A tensor's description.
 *
 * @param name       at most 64 bytes for llama.cpp
 * @param dimensions fastest first, one to four
 * @param type       how elements are stored
 * @param offset     of the first byte, from the start of the data section
 * @param bytes      length without padding
 */
public record GgufTensor(String name, List<Long> dimensions, GgufTensorType type, long offset, long bytes) {
}
