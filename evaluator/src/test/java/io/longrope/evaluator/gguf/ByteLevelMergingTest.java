package io.longrope.evaluator.gguf;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ByteLevelMergingTest {

    private static final String BYTES = "{'type':'ByteLevel','add_prefix_space':false,'use_regex':true}";
    private static final String CUTS_NOWHERE = BYTES.replace("true", "false");

    @Test
    void gpt2CutsByItsOwnPattern() throws IOException {
        assertThat(read(BYTES).splitting()).isEqualTo("gpt-2");
        assertThat(read(sequence(BYTES)).splitting()).isEqualTo("gpt-2");
    }

    @Test
    void smolLmCutsDigitsOffFirst() throws IOException {
        assertThat(read(sequence("{'type':'Digits','individual_digits':true}," + BYTES)).splitting()).isEqualTo("smollm");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // one that cuts nowhere
            "{'type':'ByteLevel','add_prefix_space':false,'use_regex':false}",
            "{'type':'Sequence','pretokenizers':[{'type':'ByteLevel','add_prefix_space':false,'use_regex':false}]}",
            "{'type':'ByteLevel','add_prefix_space':true,'use_regex':true}",
            "{'type':'Sequence','pretokenizers':[{'type':'Digits','individual_digits':false},{'type':'ByteLevel','add_prefix_space':false,'use_regex':true}]}",
            "{'type':'Sequence','pretokenizers':[{'type':'Punctuation'},{'type':'ByteLevel','add_prefix_space':false,'use_regex':true}]}",
            "{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'x'},'behavior':'Isolated','invert':false},"
                    + "{'type':'ByteLevel','add_prefix_space':false,'use_regex':false}]}",
    })
    void whatLlamaCppMayHaveNoNameForIsRefused(String preTokenizer) {
        assertThatThrownBy(() -> read(preTokenizer)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must cut text as one of [gpt-2, phi-2, ");
    }

    @Test
    void aVocabularyOfBytesAloneMayBeCutAnyhow() throws IOException {
        assertThat(ByteLevelMerging.read(Path.of("tokenizer.json"), Json.mapper().readTree(("{'pre_tokenizer':" + CUTS_NOWHERE
                + ",'model':{'merges':[]}}").replace('\'', '"'))).splitting()).isEqualTo("gpt-2");
    }

    private static String sequence(String steps) {
        return "{'type':'Sequence','pretokenizers':[" + steps + "]}";
    }

    private static ByteLevelMerging read(String preTokenizer) throws IOException {
        return ByteLevelMerging.read(Path.of("tokenizer.json"),
                Json.mapper().readTree(("{'pre_tokenizer':" + preTokenizer + ",'model':{'merges':['a b']}}").replace('\'', '"')));
    }
}
