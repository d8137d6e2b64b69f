package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longrope.search.problem.Require;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Names a job for people, file names and topics alike.
 *
 * @param value 1 to 64 lower-case letters, digits and hyphens, beginning with a letter or digit
 */
public record JobId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    @JsonCreator
    public JobId {
        Require.that(value != null && FORM.matcher(value).matches(), "job",
                "must be 1 to 64 lower-case letters, digits and hyphens", value);
    }

    /** A new id that sorts by time (UTC), for example 20261121-120000-3f9a. */
    public static JobId next(Instant now, RandomGenerator random) {
        return new JobId(TIME.format(now) + String.format("-%04x", random.nextInt(1 << 16)));
    }

    @Override
    public String toString() {
        return value;
    }
}
