package io.longrope.search.table.internal;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Bytes of a file as text, in whichever encoding a byte order mark names; spreadsheets write one. */
public final class FileText {

    private FileText() {
    }

    /**
     * Without a mark UTF-8; where it is none every byte is a Latin-1 character, so that binary files get the same kind of complaint as
     * other text.
     */
    public static String of(byte[] bytes) {
        if (startsWith(bytes, 0xef, 0xbb, 0xbf)) {
            return text(bytes, 3, StandardCharsets.UTF_8);
        }
        if (startsWith(bytes, 0xff, 0xfe)) {
            return text(bytes, 2, StandardCharsets.UTF_16LE);
        }
        return startsWith(bytes, 0xfe, 0xff) ? text(bytes, 2, StandardCharsets.UTF_16BE) : unmarked(bytes);
    }

    private static String unmarked(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return text(bytes, 0, StandardCharsets.ISO_8859_1);
        }
    }

    private static String text(byte[] bytes, int from, Charset charset) {
        return new String(bytes, from, bytes.length - from, charset);
    }

    private static boolean startsWith(byte[] bytes, int... mark) {
        if (bytes.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }
}
