package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The Java sources of an archive one after the other, without the licence comments they open with. */
final class JavaSources extends Reader {

    /** No source is longer, and an archive that claims so must not fill the memory. */
    private static final int LONGEST = 1 << 26;

    private final ZipFile archive;
    private final List<? extends ZipEntry> sources;
    private final String file;
    private final LongConsumer progress;
    private int next;
    private Reader current = new StringReader("");

    JavaSources(ZipFile archive, List<? extends ZipEntry> sources, String file, LongConsumer progress) {
        this.archive = archive;
        this.sources = sources;
        this.file = file;
        this.progress = progress;
    }

    @Override
    public int read(char[] into, int from, int count) throws IOException {
        while (true) {
            int read = current.read(into, from, count);
            if (read >= 0 || next == sources.size()) {
                return read;
            }
            var entry = sources.get(next++);
            current = new StringReader(withoutLicence(source(entry)));
            progress.accept(entry.getCompressedSize());
        }
    }

    /** The archive is closed by whoever opened it. */
    @Override
    public void close() {
    }

    private String source(ZipEntry entry) throws IOException {
        var name = file + "!" + entry.getName();
        var text = new StringWriter();
        try (var reader = new Utf8Reader(archive.getInputStream(entry), name)) {
            var buffer = new char[1 << 13];
            for (int read = reader.read(buffer); read >= 0; read = reader.read(buffer)) {
                text.write(buffer, 0, read);
                if (text.getBuffer().length() > LONGEST) {
                    throw new BadInput(name, "must be at most " + LONGEST + " characters", "more", "");
                }
            }
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
