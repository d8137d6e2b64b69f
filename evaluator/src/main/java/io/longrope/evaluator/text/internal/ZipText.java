package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The Java sources in a jar or zip as one document; of an archive without any the texts, each by itself. Both in path order. */
final class ZipText {

    private final Path path;

    ZipText(Path path) {
        this.path = path;
    }

    void read(DocumentSink sink, LongConsumer progress) throws IOException {
        try (var archive = new ZipFile(path.toFile())) {
            var sources = entries(archive, name -> name.endsWith(".java"));
            if (sources.isEmpty()) {
                readTexts(archive, sink, progress);
            } else {
                sink.textUnlessBlank(path.toString(), new JavaSources(archive, sources, path.toString(), progress));
            }
        }
    }

    private void readTexts(ZipFile archive, DocumentSink sink, LongConsumer progress) throws IOException {
        var texts = entries(archive, TextFormat::isText);
        if (texts.isEmpty()) {
            throw new BadInput(path.toString(), "must hold .java files, or texts named " + TextFormat.textNames(), "none",
                    "name a -sources.jar");
        }
        for (var entry : texts) {
            try (var input = archive.getInputStream(entry)) {
                TextFile.readStream(TextFormat.of(entry.getName()), input, path + "!" + entry.getName(), sink);
            }
            progress.accept(entry.getCompressedSize());
        }
        var leftOut = new LeftOut(path.toString());
        entries(archive, name -> !TextFormat.isText(name)).forEach(entry -> leftOut.add(entry.getName()));
        leftOut.log("not named " + TextFormat.textNames());
    }

    private static List<? extends ZipEntry> entries(ZipFile archive, Predicate<String> isWanted) {
        return archive.stream().filter(entry -> !entry.isDirectory() && isWanted.test(entry.getName()))
                .sorted(Comparator.comparing(ZipEntry::getName)).toList();
    }
}
