package io.longrope.progressive.report;

import io.longrope.progressive.report.chart.Figure;

import java.io.IOException;
import java.util.Base64;

/** Where the pictures of a page are. */
@FunctionalInterface
public interface Pictures {

    /** In the page itself. */
    Pictures INLINE = (figure, shows) -> inline(figure.png());

    /**
     * The {@code src} of a picture.
     *
     * @param shows what is drawn: equal things make equal pictures
     */
    String source(Figure figure, Object shows) throws IOException;

    /** A picture as its own address. */
    static String inline(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }
}
