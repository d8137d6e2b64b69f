package io.longrope.search.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class JsonFaultTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": NaN}           | NaN                             | JSON has no such number
            {"a": Infinity}      | Infinity                        | JSON has no such number: write 1e30 for a pair that does not turn
            {"a": -Infinity}     | -Infinity                       | JSON has no such number: write 1e30 for a pair that does not turn
            {"a": 1, "a": 2}     | a twice                         | keep the one that is meant
            // mine              | a comment                       | JSON has none: take it out
            {"a": [1, 2          | text that ends too early        | it may be a part of a file
            {'a': 1}             | a single quote                  | JSON has double quotes only
            {"a": 1,}            | } after a comma or colon        | something must stand between
            [1,]                 | ] after a comma or colon        | something must stand between
            <!DOCTYPE html>      | an unexpected <                 | ``
            {"a": True}          | True                            | JSON writes true, false and null
            {"a": nonsense}      | the word nonsense               | text must be in double quotes
            """)
    void saysWhatStandsThereAndWhatToDo(String json, String found, String wayOut) {
        var fault = JsonFault.of(catchThrowableOfType(JsonProcessingException.class, () -> Json.mapper().readTree("\n" + json)));
        assertThat(fault.found()).isEqualTo(found);
        assertThat(fault.wayOut()).isEqualTo(wayOut == null ? "" : wayOut);
        assertThat(fault.place()).isEqualTo(":2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": null}
            {"a": "x"}
            {"a": [1]}
            {"b": 1}
            {}
            """)
    void namesNeitherClassesNorOptionsOfTheParserForWhatDoesNotFit(String json) {
        record Form(double a) {
        }
        var failure = catchThrowableOfType(JsonProcessingException.class, () -> Json.mapper().readValue(json, Form.class));
        assertThat(JsonFault.of(failure).found()).doesNotContain("Feature", "`", "class", "Token", "Json", "java").isNotEmpty();
    }

    @Test
    void aFieldThatIsMissingIsNamed() {
        record Form(int length) {
        }
        var failure = catchThrowableOfType(JsonProcessingException.class, () -> Json.mapper().readValue("{}", Form.class));
        assertThat(JsonFault.of(failure).found()).isEqualTo("without length");
    }
}
