package io.longrope.progressive.doctor;

import io.longrope.progressive.report.Environment;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.file.WholeFile;
import io.longrope.search.json.Json;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** All that was looked at, in that order: a table for people, a file for programs. */
public record DiagnosisTable(List<Diagnosis> findings) {

    public DiagnosisTable {
        findings = List.copyOf(findings);
    }

    /** What failed, by name. */
    public List<String> failed() {
        return findings.stream().filter(Diagnosis::isFailure).map(Diagnosis::about).toList();
    }

    /** With what failed named once more in a last line. */
    public void print(PrintWriter out) {
        // several problems are several lines
        var rows = findings.stream().map(finding -> List.of(finding.about(), finding.state().label(),
                finding.found().replaceAll("\\s*\\R\\s*", "; "))).toList();
        out.println(new TextTable(List.of("what", "", "found"), rows, 3).aligned());
        if (!failed().isEmpty()) {
            out.println();
            out.println("failed: " + String.join(", ", failed()));
        }
    }

    /** As JSON, in place of what is there. */
    public void write(Path file, Environment environment) throws IOException {
        var rows = findings.stream().map(finding -> Map.of("about", finding.about(), "state", finding.state().label(), "found",
                finding.found())).toList();
        WholeFile.write(file, Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(
                Map.of("environment", environment, "findings", rows, "failed", failed())) + "\n");
    }
}
