package io.longrope.progressive.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.report.chart.GainFigure;
import io.longrope.progressive.report.chart.PositionFigure;
import io.longrope.search.json.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * A closing table as a page shows it.
 *
 * @param gains     what the longer window is worth; empty where no text is longer, and where an older build measured none
 * @param positions losses by position; empty where an older build measured none
 */
record ClosingTable(PerplexityReport perplexities, Optional<PositionReport> gains, Optional<PositionReport> positions) {

    ClosingTable {
        gains = gains.filter(table -> !table.rows().isEmpty());
    }

    /**
     * Of a run directory; empty while it has none.
     *
     * @param file   of the perplexities
     * @param prefix of the names of the others
     */
    static Optional<ClosingTable> read(Path directory, String file, String prefix) throws IOException {
        var perplexities = read(directory.resolve(file), PerplexityReport::fromTree);
        var gains = read(directory.resolve(prefix + PositionReport.GAIN + ".json"), PositionReport::fromTree);
        var positions = read(directory.resolve(prefix + PositionReport.POSITIONS + ".json"), PositionReport::fromTree);
        return perplexities.map(table -> new ClosingTable(table, gains, positions));
    }

    /** A table of a run directory that may have none. */
    static <T> Optional<T> read(Path file, Function<JsonNode, T> reader) throws IOException {
        return Files.exists(file) ? Optional.of(reader.apply(Json.mapper().readTree(file.toFile()))) : Optional.empty();
    }

    /**
     * As far as the job log tells; empty where it tells of none.
     *
     * @param table {@link RunHistory#CLOSING} or {@link RunHistory#BY_FINE_TUNE}
     */
    static Optional<ClosingTable> of(RunHistory history, String table) {
        var cells = new ReportedCells(history.reported(table));
        return cells.perplexities().map(perplexities -> new ClosingTable(perplexities, cells.gains(), cells.positions()));
    }

    /** The perplexities and what follows from them. */
    void addPerplexities(HtmlPage page) {
        page.table(perplexities.table());
        perplexities.remarks().forEach(page::paragraph);
    }

    /**
     * What the longer window is worth, as far as it is known.
     *
     * @param prefix of the names of the pictures
     */
    void addPositions(HtmlPage page, String section, String prefix) throws IOException {
        if (gains.isPresent() || positions.isPresent()) {
            page.section(section);
        }
        if (gains.isPresent()) {
            page.paragraph("Gain: mean over the tokens beyond the base model's window of crop's loss minus the method's, in nats, with its "
                    + "standard error over samples that do not overlap. Above 0 text farther away than the window helps.");
            page.table(gains.get().table());
            page.figure(GainFigure.of(prefix + "gain-by-length", gains.get()), gains.get());
        }
        if (positions.isPresent()) {
            page.figure(PositionFigure.of(prefix + "loss-by-position", positions.get()), positions.get());
        }
    }
}
