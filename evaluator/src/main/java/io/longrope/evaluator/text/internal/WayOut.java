package io.longrope.evaluator.text.internal;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What to do with a file that is no text, by its first bytes. */
final class WayOut {

    /** First bytes in hexadecimal, and what begins so. */
    private static final Map<String, String> BEGINNINGS = new TreeMap<>(Map.of(
            "1f8b", "it is compressed by gzip: let its name end in .gz",
            "28b52ffd", "it is compressed by zstd: let its name end in .zst",
            "504b0304", "it is a zip archive: let its name end in .zip",
            "50415231", "it is Parquet: let its name end in .parquet",
            "fffe", "it is UTF-16: convert it to UTF-8",
            "feff", "it is UTF-16: convert it to UTF-8",
            "425a68", "it is compressed by bzip2: unpack it",
            "fd377a58", "it is compressed by xz: unpack it"));

    private WayOut() {
    }

    /** @param count of the bytes that are the file's */
    static String of(byte[] bytes, int count) {
        var start = new StringBuilder();
        for (byte value : Arrays.copyOf(bytes, Math.min(4, count))) {
            start.append(String.format("%02x", value));
        }
        return BEGINNINGS.entrySet().stream().filter(beginning -> start.toString().startsWith(beginning.getKey())).map(Map.Entry::getValue)
                .findFirst().orElse("convert it to UTF-8");
    }
}
