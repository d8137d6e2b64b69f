package io.longrope.progressive.page;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(300)
class PageServerTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void overviewTellsOfJobsAndWhyTheyWaitAndOfWorkersAndTheirAttempts() throws Exception {
        try (var pages = Pages.full()) {
            var document = document(get(pages, "/").body());
            assertThat(texts(document, "a")).containsSubsequence("longrope", Pages.WAITS.value(), Pages.RUNS.value(), Pages.BROKEN.value(),
                    Pages.DONE.value());
            assertThat(texts(document, "p")).contains("1 running, 1 waiting, 1 finished, 1 failed. Figures are those of the stage a job is "
                    + "in, device-hours of the whole job.", "3 workers, 2 busy.");
            assertThat(texts(document, "td")).contains("search-128k-base", "6.500", "50.3 M", "cuda:1", "out of memory", Pages.HOSTILE)
                    .anyMatch(text -> text.startsWith("waiting: training of 400 steps") && text.contains("needs 92.4 GiB")
                            && text.endsWith("; and 2 more"));
            assertThat(document.getElementsByTagName("script").getLength()).as("only our own").isEqualTo(1);
        }
    }

    @Test
    void aJobsPageShowsWhatTheReportDoes() throws Exception {
        try (var pages = Pages.full()) {
            var answer = get(pages, "/jobs/" + Pages.DONE);
            var document = document(answer.body());
            assertThat(texts(document, "h2")).containsExactly("Perplexity by length and method", "What the longer window is worth",
                    "Found again", "Stages", "Rescale factors", "Search progress", "What the searches tried, and which pairs matter",
                    "What happened", "Plan");
            assertThat(texts(document, "td")).contains("diverged", "finalist 1", "evaluation budget spent", "2.0250");
            assertThat(texts(document, "pre")).singleElement().asString().contains("llama-2-7b");
            assertThat(texts(document, "h1")).containsExactly(Pages.DONE.value());
            var images = document.getElementsByTagName("img");
            // lengths, gain, positions, found again, one table, one search, one fine-tune, importance, candidates
            assertThat(images.getLength()).isEqualTo(9);
            for (int i = 0; i < images.getLength(); i++) {
                var image = (Element) images.item(i);
                var picture = client.send(request(pages, image.getAttribute("src")).build(), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(picture.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
                assertThat(ImageIO.read(new ByteArrayInputStream(picture.body())).getWidth())
                        .isEqualTo(2 * Integer.parseInt(image.getAttribute("width")));
            }
            assertThat(answer.body()).doesNotContain("http:", "https:", "//");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow()).startsWith("default-src 'none';");
        }
    }

    @Test
    void jobsChosenOnTheOverviewAreShownSideBySideFromTheLogAlone() throws Exception {
        try (var pages = Pages.full()) {
            var overview = document(get(pages, "/").body());
            assertThat(texts(overview, "label")).contains(" " + Pages.DONE, " " + Pages.RUNS);
            var page = get(pages, "/compare?job=" + Pages.DONE + "&job=" + Pages.RUNS);
            var document = document(page.body());
            assertThat(texts(document, "h2")).containsExactly("What the plans differ in", "Perplexity by length and method",
                    "Gain over crop", "Found again", "What it cost");
            assertThat(texts(document, "td")).contains("LongRoPE tuned", "finished", "not finished");
            assertThat(texts(document, "a")).contains(Pages.DONE.value(), Pages.RUNS.value());
            var images = document.getElementsByTagName("img");
            assertThat(images.getLength()).isEqualTo(3);
            for (int i = 0; i < images.getLength(); i++) {
                var source = ((Element) images.item(i)).getAttribute("src");
                var picture = client.send(request(pages, source).build(), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(picture.statusCode()).as(source).isEqualTo(200);
                assertThat(picture.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
            }
        }
    }

    @Test
    void whatCannotBeComparedIsRefused() throws Exception {
        try (var pages = Pages.full()) {
            assertThat(get(pages, "/compare").statusCode()).isEqualTo(400);
            assertThat(get(pages, "/compare?job=" + Pages.DONE + "&job=" + Pages.DONE).body()).contains("two to 8");
            assertThat(get(pages, "/compare?job=" + Pages.DONE + "&job=none").statusCode()).isEqualTo(404);
            assertThat(get(pages, "/compare?job=" + Pages.DONE + "&job=" + Pages.BROKEN).body()).contains("must have a plan");
            assertThat(get(pages, "/compare/charts/none.png?job=" + Pages.DONE + "&job=" + Pages.RUNS).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void whatIsNoPlanHasAPageThatSaysWhy() throws Exception {
        try (var pages = Pages.full()) {
            var document = document(get(pages, "/jobs/" + Pages.BROKEN).body());
            assertThat(texts(document, "td")).contains("failed: " + Pages.HOSTILE);
            assertThat(texts(document, "h2")).containsExactly("What happened");
        }
    }

    @Test
    void chartsGrowAndBrowsersAreTold() throws Exception {
        try (var pages = Pages.full()) {
            var before = source(pages, Pages.RUNS);
            assertThat(source(pages, Pages.RUNS)).isEqualTo(before);
            var events = client.send(request(pages, "/events").build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(events.headers().firstValue("Content-Type")).hasValue("text/event-stream");
            try (var lines = events.body()) {
                assertThat(line(lines)).startsWith("data: ");
                assertThat(line(lines)).isEmpty();
                pages.generation(Pages.RUNS, "search-128k-base", 7);
                assertThat(line(lines)).startsWith("data: ");
            }
            assertThat(source(pages, Pages.RUNS)).isNotEqualTo(before);
            assertThat(get(pages, "/jobs/" + Pages.RUNS).body()).contains("generation 7");
            // the picture of before is still asked for by a page that was not told yet: it gets today's, and does not keep it
            assertThat(get(pages, before).headers().firstValue("Cache-Control")).hasValue("no-store");
        }
    }

    @Test
    void nobodyPausesResumesOrCancelsWithoutTheToken() throws Exception {
        try (var pages = Pages.full()) {
            for (var wrong : List.of("", "token=", "token=" + pages.token().substring(1))) {
                assertThat(post(pages, "/jobs/" + Pages.RUNS + "/pause", wrong).statusCode()).isEqualTo(403);
                assertThat(post(pages, "/token", wrong).statusCode()).isEqualTo(403);
            }
            assertThat(get(pages, "/jobs/" + Pages.RUNS + "/pause").statusCode()).as("never by a link").isEqualTo(404);
            assertThat(phase(pages, Pages.RUNS)).isEqualTo(JobState.Phase.RUNNING);
            assertThat(get(pages, "/jobs/" + Pages.RUNS).body()).doesNotContain("<button>pause", pages.token());

            var token = "token=" + pages.token();
            var answer = post(pages, "/jobs/" + Pages.RUNS + "/pause", token);
            assertThat(answer.statusCode()).isEqualTo(303);
            assertThat(answer.headers().firstValue("Location")).hasValue("/jobs/" + Pages.RUNS);
            assertThat(phase(pages, Pages.RUNS)).isEqualTo(JobState.Phase.PAUSING);
            assertThat(post(pages, "/jobs/" + Pages.RUNS + "/cancel", token).statusCode()).isEqualTo(303);
            assertThat(phase(pages, Pages.RUNS)).isEqualTo(JobState.Phase.CANCELLING);
            var again = post(pages, "/jobs/" + Pages.DONE + "/resume", token);
            assertThat(again.statusCode()).isEqualTo(400);
            assertThat(again.body()).contains("must be paused");
            assertThat(post(pages, "/jobs/unknown/pause", token).statusCode()).isEqualTo(404);
            assertThat(post(pages, "/jobs/" + Pages.RUNS + "/remove", token).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aBrowserThatOpensThePrintedAddressHasButtons() throws Exception {
        try (var pages = Pages.full()) {
            assertThat(get(pages, "/?token=wrong").statusCode()).isEqualTo(403);
            var opened = get(pages, "/?token=" + pages.token());
            assertThat(opened.statusCode()).isEqualTo(303);
            assertThat(opened.headers().firstValue("Location")).as("the token leaves the address").hasValue("/");
            var cookie = opened.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
            var page = client.send(request(pages, "/jobs/" + Pages.RUNS).header("Cookie", "other=1; " + cookie.replaceFirst(";.*", ""))
                    .build(), HttpResponse.BodyHandlers.ofString()).body();
            assertThat(texts(document(page), "button")).containsExactly("pause", "cancel");
            assertThat(post(pages, "/token", "back=/jobs/" + Pages.RUNS + "&token=" + pages.token()).headers().firstValue("Location"))
                    .hasValue("/jobs/" + Pages.RUNS);
            for (var elsewhere : List.of("//evil.example/", "https://evil.example/", "/%0d%0aSet-Cookie:a=b")) {
                assertThat(post(pages, "/token", "back=" + elsewhere + "&token=" + pages.token()).headers().firstValue("Location"))
                        .hasValue("/");
            }
        }
    }

    @Test
    void aNameElsewhereThatLeadsToThisMachineReadsNothing() throws Exception {
        try (var pages = Pages.empty()) {
            assertThat(raw(pages, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 421");
            assertThat(raw(pages, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 4");
            assertThat(raw(pages, "GET / HTTP/1.1\r\nHost: localhost:9\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200")
                    .contains("None was submitted");
        }
    }

    @Test
    void whatIsNotThereSaysSoAndOddRequestsDoNoHarm() throws Exception {
        try (var pages = Pages.full()) {
            for (var path : List.of("/jobs", "/jobs/none", "/jobs/..%2f..%2fetc", "/jobs/" + Pages.DONE + "/charts/none.png",
                    "/jobs/" + Pages.DONE + "/charts/..%2f..%2freport.css", "/favicon.ico", "/page.html")) {
                assertThat(get(pages, path).statusCode()).as(path).isEqualTo(404);
            }
            assertThat(post(pages, "/token", "token=%zz").statusCode()).isEqualTo(400);
            var head = client.send(request(pages, "/").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            var delete = client.send(request(pages, "/jobs/" + Pages.DONE).DELETE().build(), HttpResponse.BodyHandlers.ofString());
            assertThat(delete.statusCode()).isEqualTo(405);
            for (var file : List.of("/page.js", "/page.css", "/report.css")) {
                assertThat(get(pages, file).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void aPortInUseIsRefusedInOneLine() {
        try (var pages = Pages.empty()) {
            int port = URI.create(pages.address()).getPort();
            assertThatThrownBy(() -> PageServer.start("127.0.0.1", port, null)).isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("--page must be a free port of 127.0.0.1");
            assertThatThrownBy(() -> PageServer.start("no such host", 0, null)).isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("--page-host must be an address of this machine");
        }
    }

    private static JobState.Phase phase(Pages pages, JobId job) {
        return pages.log.state(job).orElseThrow().phase();
    }

    /** Of the picture of its search. */
    private String source(Pages pages, JobId job) throws Exception {
        var images = document(get(pages, "/jobs/" + job).body()).getElementsByTagName("img");
        return ((Element) images.item(0)).getAttribute("src");
    }

    private HttpRequest.Builder request(Pages pages, String path) {
        return HttpRequest.newBuilder(URI.create(pages.address() + path));
    }

    private HttpResponse<String> get(Pages pages, String path) throws IOException, InterruptedException {
        return client.send(request(pages, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(Pages pages, String path, String form) throws IOException, InterruptedException {
        return client.send(request(pages, path).POST(HttpRequest.BodyPublishers.ofString(form)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What no client of the JDK sends. */
    private static String raw(Pages pages, String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", URI.create(pages.address()).getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String line(InputStream stream) throws IOException {
        var line = new StringBuilder();
        for (int letter = stream.read(); letter != '\n' && letter >= 0; letter = stream.read()) {
            line.append((char) letter);
        }
        return line.toString();
    }

    private static Document document(String page) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
    }

    private static List<String> texts(Document document, String tag) {
        var elements = document.getElementsByTagName(tag);
        return IntStream.range(0, elements.getLength()).mapToObj(i -> elements.item(i).getTextContent()).toList();
    }
}
