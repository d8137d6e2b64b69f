package io.longrope.progressive.page;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** The pages in a real browser: profile {@code browser}. Pictures of what it showed are left in target/screenshots. */
@Tag("browser")
@Timeout(600)
class BrowserTest {

    private static final String OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

    @TempDir
    private Path directory;

    private Pages pages;
    private Chromium browser;

    @BeforeEach
    void start() throws Exception {
        pages = Pages.full();
        browser = Chromium.start(System.getProperty("browser.program", "chromium"), directory);
    }

    @AfterEach
    void stop() throws Exception {
        browser.close();
        pages.close();
    }

    @Test
    void nothingIsWiderThanTheScreen() throws Exception {
        var paths = List.of("/", "/jobs/" + Pages.DONE, "/jobs/" + Pages.RUNS, "/jobs/" + Pages.WAITS, "/jobs/" + Pages.BROKEN,
                "/compare?job=" + Pages.DONE + "&job=" + Pages.RUNS + "&job=" + Pages.WAITS);
        for (int width : List.of(1200, 400)) {
            browser.width(width);
            for (var path : paths) {
                browser.open(pages.address() + path);
                browser.await("Array.from(document.images).every(image => image.complete && image.naturalWidth > 0)");
                var name = path.equals("/") ? "overview" : path.replaceFirst("/(jobs/)?", "").replaceFirst("[?].*", "");
                browser.picture(Path.of("target/screenshots/" + name + "-" + width + ".png"));
                assertThat(browser.value(OVERFLOW).asInt()).as(path + " at " + width).isZero();
            }
        }
    }

    @Test
    void whatHappensIsSeenWithoutLoadingThePageAgain() throws Exception {
        browser.width(1200);
        browser.open(pages.address() + "/jobs/" + Pages.RUNS);
        browser.value("window.mark = 1; document.querySelector('details').open = true;");
        var before = browser.value("document.images[0].getAttribute('src')").asText();
        pages.generation(Pages.RUNS, "search-128k-base", 7);
        browser.await("document.querySelector('main').textContent.includes('generation 7')");
        browser.await("document.images[0].getAttribute('src') !== '" + before + "' && document.images[0].naturalWidth > 0");
        assertThat(browser.value("window.mark").asInt()).as("still the same page").isEqualTo(1);
        assertThat(browser.value("document.querySelector('details').open").asBoolean()).as("what was unfolded stays so").isTrue();
        pages.publish(JobEvent.of(Pages.RUNS, JobEvent.Kind.FINISHED, "", Instant.EPOCH));
        browser.await("document.querySelector('td[data-label=state]').textContent === 'finished'");
    }

    @Test
    void jobsTickedStayTickedAndAreCompared() throws Exception {
        browser.width(1200);
        browser.open(pages.address() + "/");
        browser.value("document.querySelectorAll('.choices input').forEach(box => { box.checked = box.value !== '" + Pages.BROKEN
                + "'; });");
        pages.publish(JobEvent.of(Pages.RUNS, JobEvent.Kind.FINISHED, "", Instant.EPOCH));
        browser.await("Array.from(document.querySelectorAll('td'), cell => cell.textContent)"
                + ".filter(text => text === 'finished').length > 1");
        assertThat(browser.value("document.querySelectorAll('.choices input:checked').length").asInt()).isEqualTo(3);
        browser.value("document.querySelector('.choices button').click()");
        browser.await("location.pathname === '/compare' && document.querySelectorAll('h2').length > 3");
    }

    @Test
    void buttonsComeWithTheTokenAndDoWhatTheySay() throws Exception {
        browser.width(1200);
        browser.open(pages.address() + "/jobs/" + Pages.RUNS);
        assertThat(browser.value("document.querySelectorAll('main button').length").asInt()).isZero();
        browser.value("document.querySelector('input[name=token]').value = '" + pages.token() + "'; "
                + "document.querySelector('footer form').submit();");
        browser.await("document.readyState === 'complete' && document.querySelectorAll('main button').length === 2");
        browser.picture(Path.of("target/screenshots/unlocked-1200.png"));
        browser.value("document.querySelector('form[action$=pause] button').click()");
        browser.await("document.querySelector('td[data-label=state]').textContent === 'pausing'");
        assertThat(pages.log.state(Pages.RUNS).orElseThrow().phase()).isEqualTo(JobState.Phase.PAUSING);
    }

    @Test
    void pagesCanBeReadWithoutScripts() throws Exception {
        browser.width(1200);
        browser.script(false);
        browser.open(pages.address() + "/jobs/" + Pages.DONE);
        assertThat(browser.value("document.querySelector('main').textContent").asText())
                .contains("finalist 1", "llama-done-0123abcd · finished");
        assertThat(browser.value("document.getElementById('live').textContent").asText()).contains("reload for what is new");
    }
}
