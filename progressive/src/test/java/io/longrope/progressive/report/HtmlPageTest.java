package io.longrope.progressive.report;

import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

import javax.xml.parsers.DocumentBuilderFactory;
import java.io.StringReader;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class HtmlPageTest {

    private static final String HOSTILE = "<script>alert('x')</script> & \"quoted\" \u0007 n̂";

    @Test
    void namesCannotBecomeMarkup() throws Exception {
        var page = new HtmlPage(HOSTILE, (figure, shows) -> "");
        page.section(HOSTILE);
        page.paragraph(HOSTILE);
        page.folded(HOSTILE, HOSTILE);
        page.table(new TextTable(List.of(HOSTILE, "figure"), List.of(List.of(HOSTILE, "1"))));

        var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page.toString())));
        assertThat(document.getElementsByTagName("script").getLength()).isZero();
        var shown = HOSTILE.replace('\u0007', '\uFFFD');
        for (var tag : List.of("title", "h1", "h2", "p", "summary", "pre")) {
            assertThat(document.getElementsByTagName(tag).item(0).getTextContent()).as(tag).isEqualTo(shown);
        }
        var cells = document.getElementsByTagName("td");
        assertThat(cells.item(0).getAttributes().getNamedItem("class").getNodeValue()).startsWith("text");
        assertThat(cells.item(0).getAttributes().getNamedItem("data-label").getNodeValue()).isEqualTo(shown);
        assertThat(cells.item(1).getAttributes().getNamedItem("class")).as("a number").isNull();
    }
}
