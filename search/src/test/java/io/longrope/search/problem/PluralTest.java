package io.longrope.search.problem;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PluralTest {

    @Test
    void oneIsSingular() {
        assertThat(Plural.of(1, "job")).isEqualTo("1 job");
        assertThat(Plural.of(1, "delivery", "deliveries")).isEqualTo("1 delivery");
    }

    @Test
    void noneAndSeveralArePlural() {
        assertThat(Plural.of(0, "job")).isEqualTo("0 jobs");
        assertThat(Plural.of(2, "job")).isEqualTo("2 jobs");
        assertThat(Plural.of(2, "delivery", "deliveries")).isEqualTo("2 deliveries");
    }
}
