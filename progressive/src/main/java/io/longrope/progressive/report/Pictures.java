package io.longrope.progressive.report;

import io.longrope.progressive.report.chart.Figure;

import java.io.IOException;

/** Where the pictures of a page are. */
@FunctionalInterface
public interface Pictures {

    /**
     * The {@code src} of a picture.
     *
     * @param shows what is drawn: equal things make equal pictures
     */
    String source(Figure figure, Object shows) throws IOException;
}
