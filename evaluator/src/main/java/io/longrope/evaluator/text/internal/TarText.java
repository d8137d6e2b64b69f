package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The texts in a tar archive, in the order they lie there: it is read from front to back. */
final class TarText {

    private TarText() {
    }

    static void read(InputStream input, String file, DocumentSink sink) throws IOException {
        var leftOut = new LeftOut(file);
        int texts = 0;
        var archive = new TarArchiveInputStream(input);
        for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            if (entry.isFile() && TextFormat.isText(entry.getName())) {
                texts++;
                TextFile.readStream(TextFormat.of(entry.getName()), new Kept(archive), file + "!" + entry.getName(), sink);
            } else if (!entry.isDirectory()) {
                leftOut.add(entry.getName());
            }
        }
        leftOut.log("not named " + TextFormat.textNames());
        if (texts == 0) {
            throw new BadInput(file, "must hold files named " + TextFormat.textNames(), "none", "");
        }
    }

    /** A member ends, the archive goes on. */
    private static final class Kept extends FilterInputStream {

        Kept(InputStream archive) {
            super(archive);
        }

        @Override
        public void close() {
        }
    }
}
