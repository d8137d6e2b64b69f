package io.longrope.progressive.report.chart;

import io.longrope.search.file.WholeFile;
import io.longrope.search.problem.BadInput;
import org.knowm.xchart.internal.chartpart.Chart;

import javax.imageio.ImageIO;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Charts on one picture, row by row.
 *
 * @param name    of its file, without an ending
 * @param caption what it shows, one sentence for people
 * @param columns charts in a row
 * @param charts  all of one size
 */
public record Figure(String name, String caption, int columns, List<Chart<?, ?>> charts) {

    /** Pixels per unit of a chart's size, for screens of high resolution and for print. */
    static final int SCALE = 2;

    static {
        // a driver has no screen
        System.setProperty("java.awt.headless", "true");
    }

    public Figure {
        charts = List.copyOf(charts);
    }

    static Figure of(String name, String caption, Chart<?, ?> chart) {
        return new Figure(name, caption, 1, List.of(chart));
    }

    /** Width on a page: half of the picture's pixels. */
    public int width() {
        return Math.min(columns, charts.size()) * charts.get(0).getWidth();
    }

    /** Height on a page. */
    public int height() {
        return (charts.size() + columns - 1) / columns * charts.get(0).getHeight();
    }

    /** @throws BadInput when this machine has no font to write with */
    public byte[] png() throws IOException {
        var image = new BufferedImage(SCALE * width(), SCALE * height(), BufferedImage.TYPE_INT_RGB);
        var graphics = image.createGraphics();
        try {
            graphics.setColor(Color.WHITE);
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            graphics.scale(SCALE, SCALE);
            for (int i = 0; i < charts.size(); i++) {
                var chart = charts.get(i);
                var cell = (Graphics2D) graphics.create(i % columns * chart.getWidth(), i / columns * chart.getHeight(), chart.getWidth(),
                        chart.getHeight());
                chart.paint(cell, chart.getWidth(), chart.getHeight());
                cell.dispose();
            }
        } catch (InternalError | LinkageError e) {
            // what Java throws where the system has no fonts, or no library to read them
            throw new BadInput("fonts", "must be installed to draw charts", String.valueOf(e.getMessage()),
                    "install one (Debian: apt install fonts-dejavu-core fontconfig)");
        } finally {
            graphics.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    /** Writes the picture, whole or not at all. */
    public void write(Path file) throws IOException {
        write(png(), file);
    }

    /** Writes what {@link #png} gave, whole or not at all. */
    public static void write(byte[] png, Path file) throws IOException {
        WholeFile.write(file, part -> Files.write(part, png));
    }
}
