package io.longrope.progressive.plan;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LengthsTest {

    @ParameterizedTest
    @CsvSource({"256,256,256", "4k,4096,4096", "128K,131072,128k", "2048k,2097152,2048k", "16384,16384,16k", "20000,20000,20000"})
    void readsAndWrites(String text, int tokens, String written) {
        assertThat(Lengths.parse(text)).hasValue(tokens);
        assertThat(Lengths.format(tokens)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-4k", "4m", "1.5k", "k", "4 k", "9999999k", "99999999999"})
    void refusesTheRest(String text) {
        assertThat(Lengths.parse(text)).isEmpty();
    }
}
