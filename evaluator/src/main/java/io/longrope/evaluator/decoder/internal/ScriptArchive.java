package io.longrope.evaluator.decoder.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript method source into the archive that libtorch loads: a zip with the source, a pickle that makes one
 * object of the class without attributes, an empty constants tuple and the format version. The four entries are all
 * that is needed, and each is.
 */
final class ScriptArchive {

    /** The newest version libtorch 2.7 writes without operator upgraders. */
    private static final String VERSION = "10\n";

    private ScriptArchive() {
    }

    /**
     * @param className the TorchScript class, as named by the {@code self} annotations of the methods
     * @param methods   sources of methods, each indented by two spaces
     */
    static byte[] of(String className, List<String> methods) {
        // PROTO 2, GLOBAL "__torch__ <class>", EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, BUILD, STOP
        var object = latin1("\u0080\u0002c__torch__\n" + className + "\n)\u0081}b.");
        var emptyTuple = latin1("\u0080\u0002).");
        var source = "class " + className + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n" + String.join("\n", methods);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", object);
            store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", emptyTuple);
            store(zip, "version", latin1(VERSION));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var checksum = new CRC32();
        checksum.update(content);
        var entry = new ZipEntry("archive/" + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(checksum.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
