package io.longrope.progressive.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** What somebody must know to have jobs paused, resumed or cancelled. */
record PageToken(String text) {

    private static final int BYTES = 18;

    static PageToken random() {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new PageToken(Base64.getUrlEncoder().encodeToString(bytes));
    }

    /** Takes as long for a near miss as for any other text. */
    boolean matches(String other) {
        return MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
