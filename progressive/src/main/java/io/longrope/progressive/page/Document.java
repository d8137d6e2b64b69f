package io.longrope.progressive.page;

import io.longrope.progressive.report.HtmlPage;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What all pages have around their text. */
final class Document {

    private static final Pattern PLACE = Pattern.compile("\\{([a-z]+)}");
    private static final String PAGE = HtmlPage.resource(Document.class, "page.html");
    private static final String UNLOCK = HtmlPage.resource(Document.class, "unlock.html");
    static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT)
            .withZone(ZoneId.systemDefault());

    private Document() {
    }

    /**
     * @param address  of the page
     * @param unlocked whether who reads it knows the token
     */
    static String of(HtmlPage page, Instant now, String address, boolean unlocked) {
        var footer = unlocked ? "Unlocked: jobs can be paused, resumed and cancelled on their pages.\n"
                : filled(UNLOCK, Map.of("back", HtmlPage.escaped(address)));
        return filled(PAGE, Map.of("title", HtmlPage.escaped(page.title()), "time", TIME.format(now), "body", page.body(),
                "footer", footer));
    }

    private static String filled(String template, Map<String, String> places) {
        return PLACE.matcher(template).replaceAll(place -> Matcher.quoteReplacement(places.get(place.group(1))));
    }
}
