package io.longrope.progressive.cli.option;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.progressive.report.RunLayout;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.table.CsvFormat;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableFiles;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** What a CSV of factors does not say about itself. */
public final class CsvOptions {

    @Option(names = "--csv-model", paramLabel = "DIR", description = "For a CSV: the checkpoint its factors belong to.")
    private Path model;

    @Option(names = "--csv-rotary-dim", paramLabel = "D", description = "For a CSV without --csv-model: the rotary dimension.")
    private Integer rotaryDim;

    @Option(names = "--csv-theta", paramLabel = "THETA", defaultValue = "10000",
            description = "For a CSV without --csv-model: theta (default: ${DEFAULT-VALUE}).")
    private double theta;

    @Option(names = "--csv-original-length", paramLabel = "L", description = "For a CSV: the window the model was trained with.")
    private String originalLength;

    @Option(names = "--csv-length", paramLabel = "LENGTH", description = "For a CSV: the length its factors are for, e.g. 128k (of a"
            + " directory of LENGTH.csv those lengths).")
    private String length;

    @Option(names = "--csv-attention", paramLabel = "RULE", defaultValue = "su",
            description = "For a CSV: the attention factor's rule, su, yarn, none or a number (default: ${DEFAULT-VALUE}).")
    private String attention;

    /** A table in any form; of a run directory its final one. */
    public FactorTable read(Path file) throws IOException {
        var ofRun = RunLayout.table(file);
        return ofRun.isPresent() ? TableFiles.read(ofRun.get(), Optional.empty()) : TableFiles.read(file, format(file));
    }

    /** Names of files may state the lengths: of a directory no length need be given. */
    private Optional<CsvFormat> format(Path file) throws IOException {
        var stated = length == null ? TableFiles.greatestLength(file) : OptionalInt.of(TokenCounts.parse("--csv-length", length));
        if (stated.isEmpty() || length == null && model == null && rotaryDim == null) {
            return Optional.empty();
        }
        var geometry = geometry();
        var name = model == null ? "model" : model.getFileName().toString();
        return Optional.of(new CsvFormat(name, geometry, stated.getAsInt(), AttentionTemperature.parse(attention)));
    }

    private RopeGeometry geometry() {
        if (model != null) {
            var rope = Checkpoint.config(model).rope();
            return originalLength == null ? rope
                    : new RopeGeometry(rope.rotaryDim(), rope.theta(), TokenCounts.parse("--csv-original-length", originalLength));
        }
        if (rotaryDim == null || originalLength == null) {
            throw new BadInput("--csv-model", "must be given, or both --csv-rotary-dim and --csv-original-length", "missing", "");
        }
        return new RopeGeometry(rotaryDim, theta, TokenCounts.parse("--csv-original-length", originalLength));
    }
}
