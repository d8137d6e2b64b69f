package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The Java sources in a jar or zip as one text. */
public final class SourceArchive {

    private SourceArchive() {
    }

    public static String read(Path file) throws IOException {
        var text = new StringBuilder();
        try (var archive = new ZipFile(file.toFile())) {
            var entries = archive.stream().filter(entry -> entry.getName().endsWith(".java"))
                    .sorted(Comparator.comparing(ZipEntry::getName)).toList();
            if (entries.isEmpty()) {
                throw new BadInput(file.toString(), "must hold .java files", "none", "name a -sources.jar");
            }
            for (var entry : entries) {
                try (var input = archive.getInputStream(entry)) {
                    // never more than this, whatever the archive claims to unpack to
                    var bytes = input.readNBytes((int) Math.min(Utf8.MAXIMUM_BYTES - text.length(), Integer.MAX_VALUE - 16));
                    text.append(withoutLicence(Utf8.decode(bytes, file + "!" + entry.getName())));
                }
                if (text.length() >= Utf8.MAXIMUM_BYTES) {
                    throw new BadInput(file.toString(), "must unpack to less than " + Utf8.MAXIMUM_BYTES + " bytes", "more", "");
                }
            }
        } catch (ZipException e) {
            throw new BadInput(new Problem(file.toString(), "must be a zip archive", e.getMessage(), ""), e);
        }
        return text.toString();
    }

    /** Drops the comments a file opens with as long as they are about rights. */
    static String withoutLicence(String source) {
        int start = skipBlank(source, 0);
        while (true) {
            int end = commentEnd(source, start);
            if (end == start || !isLegal(source.substring(start, end))) {
                return source.substring(start);
            }
            start = skipBlank(source, end);
        }
    }

    private static boolean isLegal(String comment) {
        var lower = comment.toLowerCase(Locale.ROOT);
        return lower.contains("license") || lower.contains("licence") || lower.contains("copyright");
    }

    /** End of the block comment or the run of line comments that begins here; start when none does. */
    private static int commentEnd(String source, int start) {
        if (source.startsWith("/*", start)) {
            int end = source.indexOf("*/", start + 2);
            return end < 0 ? start : end + 2;
        }
        int end = start;
        while (source.startsWith("//", end)) {
            int line = source.indexOf('\n', end);
            end = line < 0 ? source.length() : line + 1;
        }
        return end;
    }

    private static int skipBlank(String source, int start) {
        int position = start;
        while (position < source.length() && Character.isWhitespace(source.charAt(position))) {
            position++;
        }
        return position;
    }
}
