package io.longrope.progressive.report;

import io.longrope.progressive.report.chart.Figure;

import java.io.IOException;
import java.util.Base64;

/** A page that needs nothing but itself: pictures inside, no scripts, no network. Well-formed as XML too. All text is escaped. */
final class HtmlPage {

    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: #222; background: #fff; max-width: 1160px; margin: 2rem auto; padding: 0 1.5rem; }
            h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
            h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid #ddd; padding-bottom: .25rem; }
            p { max-width: 52rem; }
            table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: .75rem 0; }
            th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid #eee; vertical-align: top; }
            th { border-bottom: 1px solid #999; font-weight: 600; white-space: nowrap; }
            .text { text-align: left; }
            tr td:first-child, tr th:first-child { padding-left: 0; }
            figure { margin: 1rem 0; }
            figcaption { font-size: 13px; color: #555; max-width: 52rem; }
            img { max-width: 100%; height: auto; display: block; }
            pre { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", monospace; background: #f7f7f7; border: 1px solid #e4e4e4; padding: .75rem 1rem; overflow-x: auto; }
            @media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
            """;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    HtmlPage(String title) {
        this.title = title;
        body.append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    void section(String name) {
        body.append("<h2>").append(escaped(name)).append("</h2>\n");
    }

    void paragraph(String text) {
        body.append("<p>").append(escaped(text)).append("</p>\n");
    }

    /** Columns of text to the left, numbers to the right. */
    void table(TextTable table) {
        body.append("<table>\n<thead><tr>");
        for (int i = 0; i < table.headers().size(); i++) {
            cell("th", table.headers().get(i), i < table.textColumns());
        }
        body.append("</tr></thead>\n<tbody>\n");
        for (var row : table.rows()) {
            body.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                cell("td", row.get(i), i < table.textColumns());
            }
            body.append("</tr>\n");
        }
        body.append("</tbody>\n</table>\n");
    }

    void figure(Figure figure) throws IOException {
        var caption = escaped(figure.caption());
        body.append("<figure><img width=\"").append(figure.width()).append("\" height=\"").append(figure.height()).append("\" alt=\"")
                .append(caption)
                .append("\" src=\"data:image/png;base64,").append(Base64.getEncoder().encodeToString(figure.png()))
                .append("\"/>\n<figcaption>")
                .append(caption).append("</figcaption></figure>\n");
    }

    /** Long text, folded away. */
    void folded(String summary, String text) {
        body.append("<details><summary>").append(escaped(summary)).append("</summary><pre>").append(escaped(text))
                .append("</pre></details>\n");
    }

    @Override
    public String toString() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>" + escaped(title) + "</title>\n<style>\n"
                + STYLE
                + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    private void cell(String tag, String text, boolean left) {
        body.append('<').append(tag).append(left ? " class=\"text\">" : ">").append(escaped(text)).append("</").append(tag).append('>');
    }

    /** Characters that XML has no place for become a replacement character. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;")
                .replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", "\uFFFD");
    }
}
