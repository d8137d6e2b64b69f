package io.longrope.evaluator.text.internal;

import com.github.luben.zstd.ZstdInputStream;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * What a file is by its name. {@code .gz} and {@code .zst} say how it is compressed, what stands before them what it holds.
 *
 * @param content     what it holds
 * @param compression how it is compressed
 */
public record TextFormat(Content content, Compression compression) {

    private static final List<String> JSON_LINES = List.of(".jsonl", ".ndjson", ".json");
    private static final List<String> PLAIN = List.of(".txt", ".text", ".md", ".rst");
    private static final List<String> UNKNOWN = List.of(".bz2", ".xz", ".lz4", ".7z", ".rar", ".arrow");

    /** 2 to this power bytes, as {@code zstd --long=31} makes it. */
    private static final int ZSTD_LONGEST_WINDOW = 31;

    /** Kinds of content. */
    public enum Content { TEXT, JSON_LINES, ZIP, TAR, PARQUET }

    /** Kinds of compression. */
    public enum Compression { NONE, GZIP, ZSTD }

    /** @throws BadInput when the name is that of a kind which is known but not read */
    public static TextFormat of(String file) {
        var name = file.toLowerCase(Locale.ROOT);
        for (var suffix : UNKNOWN) {
            if (name.endsWith(suffix)) {
                throw new BadInput(file, "must be text, JSON lines, Parquet or a zip or tar archive, plain or as .gz or .zst",
                        "a " + suffix + " file",
                        "convert it");
            }
        }
        if (name.endsWith(".tgz")) {
            return new TextFormat(Content.TAR, Compression.GZIP);
        }
        var compression = name.endsWith(".gz") ? Compression.GZIP : name.endsWith(".zst") ? Compression.ZSTD : Compression.NONE;
        var inner = compression == Compression.NONE ? name : name.substring(0, name.lastIndexOf('.'));
        var content = content(inner);
        if (compression != Compression.NONE && (content == Content.ZIP || content == Content.PARQUET)) {
            throw new BadInput(file, "must be read at any place, so not compressed as a whole",
                    compression.name().toLowerCase(Locale.ROOT), "unpack it");
        }
        return new TextFormat(content, compression);
    }

    private static Content content(String name) {
        if (name.endsWith(".jar") || name.endsWith(".zip")) {
            return Content.ZIP;
        }
        if (name.endsWith(".tar")) {
            return Content.TAR;
        }
        if (name.endsWith(".parquet")) {
            return Content.PARQUET;
        }
        return JSON_LINES.stream().anyMatch(name::endsWith) ? Content.JSON_LINES : Content.TEXT;
    }

    /** True for a member of an archive that is read: archives hold much that is no text. */
    static boolean isText(String member) {
        var name = member.toLowerCase(Locale.ROOT);
        var inner = name.endsWith(".gz") || name.endsWith(".zst") ? name.substring(0, name.lastIndexOf('.')) : name;
        return PLAIN.stream().anyMatch(inner::endsWith) || JSON_LINES.stream().anyMatch(inner::endsWith);
    }

    /** The names that {@link #isText} knows. */
    static String textNames() {
        return String.join(", ", PLAIN) + " or " + String.join(", ", JSON_LINES);
    }

    /** The unpacked bytes. */
    InputStream unpacked(InputStream input) throws IOException {
        return switch (compression) {
            case NONE -> input;
            case GZIP -> new GZIPInputStream(input, 1 << 16);
            case ZSTD -> new ZstdInputStream(input).setLongMax(ZSTD_LONGEST_WINDOW);
        };
    }
}
