package io.longrope.progressive.page;

import io.longrope.progressive.report.ComparisonPage;
import io.longrope.progressive.report.HtmlPage;
import io.longrope.progressive.report.RunComparison;
import io.longrope.progressive.report.RunReport;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Jobs side by side, as far as the job log tells of them. */
final class ComparePage {

    static final String ADDRESS = "/compare";
    /** Of the query: the jobs to compare. */
    static final String JOB = "job";

    private final List<String> ids;
    private final RunComparison comparison;
    private final Drawn pictures;

    private ComparePage(List<String> ids, RunComparison comparison) {
        this.ids = ids;
        this.comparison = comparison;
        var query = ids.stream().map(id -> JOB + "=" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "&").collect(Collectors.joining());
        pictures = new Drawn(ADDRESS, query);
    }

    /**
     * @throws NotThere when one of them is no job
     * @throws BadInput when they are too few or too many, or one was submitted with what is no plan
     */
    static ComparePage of(LiveJobs jobs, List<String> ids) throws NotThere, InterruptedException {
        var reports = new LinkedHashMap<String, RunReport>();
        var chosen = ids.stream().distinct().limit(RunComparison.MOST + 1L).toList();
        for (var id : chosen) {
            reports.put(id, jobs.feed(jobs.state(id)).report().orElseThrow(() ->
                    new BadInput("job " + id, "must have a plan to be compared", "none that can be read", "")));
        }
        return new ComparePage(chosen, new RunComparison(reports));
    }

    HtmlPage page() throws IOException {
        var page = new HtmlPage(String.join(", ", ids), pictures);
        for (var id : ids) {
            page.link(id, JobPage.address(id));
        }
        new ComparisonPage(comparison).addTo(page);
        return page;
    }

    /** @throws NotThere when there is no picture of that name yet */
    Drawn.Picture picture(String name) throws IOException, NotThere {
        page();
        return pictures.named(name);
    }
}
