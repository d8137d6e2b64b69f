package io.longrope.progressive.report;

import io.longrope.evaluator.session.Bytes;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class QuantitiesTest {

    @Test
    void numbersAreShortAndTheSameEverywhere() {
        assertThat(Quantities.brief(999)).isEqualTo("999");
        assertThat(Quantities.brief(6_738_415_616L)).isEqualTo("6.74 G");
        assertThat(Bytes.format(13_476_831_232L)).isEqualTo("12.6 GiB");
        assertThat(Quantities.clock(Duration.ofSeconds(151))).isEqualTo("02:31");
        assertThat(Quantities.clock(Duration.ofSeconds(3751))).isEqualTo("1:02:31");
        assertThat(Quantities.perplexity(5.12345)).isEqualTo("5.123");
        assertThat(Quantities.perplexity(12345.6)).isEqualTo("12346");
        assertThat(Quantities.perplexity(2.5e9)).isEqualTo("2.5e+09");
        assertThat(Quantities.perplexity(Double.POSITIVE_INFINITY)).isEqualTo("diverged");
    }

    @Test
    void sizesAreBytes() {
        assertThat(Bytes.parse("n", "12GiB")).isEqualTo(12L << 30);
        assertThat(Bytes.parse("n", "80GB")).isEqualTo(80_000_000_000L);
        assertThat(Bytes.parse("n", "1.5g")).isEqualTo(3L << 29);
        assertThat(Bytes.parse("n", "4096")).isEqualTo(4096);
        for (var text : List.of("", "x", "-1g", "0", "1e9", "999999999999999999t", "1GG")) {
            assertThatThrownBy(() -> Bytes.parse("--memory-limit", text)).isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("--memory-limit must be");
        }
    }

    @Test
    void tablesLineUp() {
        var table = new TextTable(List.of("length", "pi", "yarn"),
                List.of(List.of("256", "4.1", "4.25"), List.of("1024", "10.75", "a,\"b\"")));
        assertThat(table.aligned()).isEqualTo("length     pi   yarn\n256       4.1   4.25\n1024    10.75  a,\"b\"");
        assertThat(table.markdown())
                .isEqualTo("| length |    pi |  yarn |\n| ------ | ----: | ----: |\n"
                        + "| 256    |   4.1 |  4.25 |\n| 1024   | 10.75 | a,\"b\" |");
        assertThat(table.csv()).isEqualTo("length,pi,yarn\n256,4.1,4.25\n1024,10.75,\"a,\"\"b\"\"\"");
    }
}
