package io.longrope.progressive.page;

import io.longrope.progressive.report.Pictures;
import io.longrope.progressive.report.chart.Figure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The pictures of one page, which a browser asks for one by one. */
final class Drawn implements Pictures {

    private final String folder;
    private final String query;
    private final Map<String, Picture> pictures = new LinkedHashMap<>();

    /** @param version another for another picture of the same name */
    record Picture(Figure figure, String version) {
    }

    /**
     * @param folder address below which they are
     * @param query  what else tells the page from others; empty, or ends with an ampersand
     */
    Drawn(String folder, String query) {
        this.folder = folder;
        this.query = query;
    }

    @Override
    public String source(Figure figure, Object shows) {
        var version = Integer.toHexString(shows.hashCode());
        pictures.put(figure.name(), new Picture(figure, version));
        return folder + "/charts/" + figure.name() + ".png?" + query + "version=" + version;
    }

    /** @throws NotThere when the page has no picture of that name yet */
    Picture named(String name) throws NotThere {
        return Optional.ofNullable(pictures.get(name)).orElseThrow(() -> new NotThere("picture " + name));
    }
}
