package io.longrope.progressive.report;

import io.longrope.progressive.report.chart.Figure;
import io.longrope.search.file.WholeFile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The text of a page, a section for each of its headings. Well-formed as XML too. All text is escaped. On a narrow screen each row of a
 * table becomes a list.
 */
public final class HtmlPage {

    private static final Pattern LONG_WORD = Pattern.compile("[^\\s-]{25}");

    /** Between a figure and its error: where a line may end, as a table of many such figures is too wide otherwise. */
    private static final String ERROR = " ± ";

    private final StringBuilder body = new StringBuilder("<section>\n");
    private final String title;
    private final Pictures pictures;

    public HtmlPage(String title, Pictures pictures) {
        this.title = title;
        this.pictures = pictures;
        body.append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    /** How all pages look. */
    public static String style() {
        return resource(HtmlPage.class, "report.css");
    }

    /** A text file beside a class. */
    public static String resource(Class<?> beside, String name) {
        try (InputStream stream = beside.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void section(String name) {
        body.append("</section>\n<section>\n<h2>").append(escaped(name)).append("</h2>\n");
    }

    public void paragraph(String text) {
        body.append("<p>").append(escaped(text)).append("</p>\n");
    }

    /** A paragraph that is a link. */
    public void link(String text, String address) {
        body.append("<p>").append(anchor(text, address)).append("</p>\n");
    }

    /** Columns of text to the left, numbers to the right. */
    public void table(TextTable table) {
        table(table, table.rows().stream().map(row -> Surplus.NONE).toList());
    }

    /**
     * What a row has besides its cells.
     *
     * @param address of what its first cell leads to
     * @param notes   lines below it
     */
    public record Surplus(Optional<String> address, List<String> notes) {

        static final Surplus NONE = new Surplus(Optional.empty(), List.of());
    }

    /** @param surplus of each row */
    public void table(TextTable table, List<Surplus> surplus) {
        body.append("<table>\n<thead><tr>");
        for (int i = 0; i < table.headers().size(); i++) {
            body.append("<th").append(i < table.textColumns() ? " class=\"text\">" : ">").append(escaped(table.headers().get(i)))
                    .append("</th>");
        }
        body.append("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < table.rows().size(); i++) {
            row(table, table.rows().get(i), surplus.get(i));
        }
        body.append("</tbody>\n</table>\n");
    }

    /** @param shows what is drawn: equal things make equal pictures */
    public void figure(Figure figure, Object shows) throws IOException {
        var caption = escaped(figure.caption());
        body.append("<figure><img width=\"").append(figure.width()).append("\" height=\"").append(figure.height()).append("\" alt=\"")
                .append(caption).append("\" src=\"").append(escaped(pictures.source(figure, shows))).append("\"/>\n<figcaption>")
                .append(caption).append("</figcaption></figure>\n");
    }

    /** Long text, folded away. */
    public void folded(String summary, String text) {
        body.append("<details><summary>").append(escaped(summary)).append("</summary><pre>").append(escaped(text))
                .append("</pre></details>\n");
    }

    /** Buttons in a row, each of which posts to an address. */
    public void buttons(List<Button> buttons) {
        body.append("<div class=\"buttons\">\n");
        for (var button : buttons) {
            body.append("<form method=\"post\" action=\"").append(escaped(button.address())).append("\">");
            button.fields().forEach((name, value) -> body.append("<input type=\"hidden\" name=\"").append(escaped(name))
                    .append("\" value=\"").append(escaped(value)).append("\"/>"));
            body.append("<button>").append(escaped(button.label())).append("</button></form>\n");
        }
        body.append("</div>\n");
    }

    /**
     * Boxes to tick; a button sends those ticked to an address.
     *
     * @param name   of the field
     * @param values one per box
     */
    public void choices(String address, String name, List<String> values, String label) {
        body.append("<form method=\"get\" class=\"choices\" action=\"").append(escaped(address)).append("\">\n");
        for (var value : values) {
            body.append("<label><input type=\"checkbox\" name=\"").append(escaped(name)).append("\" value=\"").append(escaped(value))
                    .append("\"/> ").append(escaped(value)).append("</label>\n");
        }
        body.append("<button>").append(escaped(label)).append("</button></form>\n");
    }

    /** @param fields posted with it, by name */
    public record Button(String label, String address, Map<String, String> fields) {
    }

    public String title() {
        return title;
    }

    /** What stands between the beginning and the end of a document. */
    public String body() {
        return body + "</section>\n";
    }

    /** A document that needs nothing but itself: no scripts, no network. */
    @Override
    public String toString() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" + escaped(title)
                + "</title>\n<style>\n" + style() + "</style>\n</head>\n<body>\n" + body() + "</body>\n</html>\n";
    }

    /** Writes the document, whole or not at all. */
    public Path write(Path file) throws IOException {
        WholeFile.write(file, toString());
        return file;
    }

    private void row(TextTable table, List<String> cells, Surplus surplus) {
        body.append(surplus.notes().isEmpty() ? "<tr>" : "<tr class=\"noted\">");
        for (int i = 0; i < cells.size(); i++) {
            var text = cells.get(i);
            body.append(i < table.textColumns() ? "<td class=\"" + kind(text) + "\""
                    : text.contains(ERROR) ? "<td class=\"error\"" : "<td");
            body.append(" data-label=\"").append(escaped(table.headers().get(i))).append("\">");
            body.append(i == 0 && surplus.address().isPresent() ? anchor(text, surplus.address().get())
                    : escaped(text).replace(ERROR, ERROR.stripTrailing() + "\u00A0")).append("</td>");
        }
        body.append("</tr>\n");
        for (var note : surplus.notes()) {
            body.append("<tr class=\"note\"><td class=\"").append(kind(note)).append("\" colspan=\"")
                    .append(table.headers().size()).append("\">")
                    .append(escaped(note)).append("</td></tr>\n");
        }
    }

    /** Words too long for a line may be broken anywhere, others not. */
    private static String kind(String text) {
        return LONG_WORD.matcher(text).find() ? "text long" : "text";
    }

    private static String anchor(String text, String address) {
        return "<a href=\"" + escaped(address) + "\">" + escaped(text) + "</a>";
    }

    /** Characters that XML has no place for become a replacement character. */
    public static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;")
                .replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", "\uFFFD");
    }
}
