package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StartTokenTest {

    private static final String TEMPLATE =
            "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],"
            + "'special_tokens':{'<s>':{'id':'<s>','ids':[7],'tokens':['<s>']}}}";
    private static final String NO_TEMPLATE =
            "{'type':'TemplateProcessing','single':[{'Sequence':{'id':'A','type_id':0}},{'SpecialToken':{'id':'<s>','type_id':0}}],"
            + "'special_tokens':{'<s>':{'id':'<s>','ids':[7],'tokens':['<s>']}}}";

    @TempDir
    private Path directory;

    /** What transformers 5.24 gives for these files, of ten tokenizer classes alike; the token of config.json is 5 everywhere. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "null | {} | none",
            "{'type':'ByteLevel'} | {} | none",
            TEMPLATE + " | {} | 7",
            NO_TEMPLATE + " | {} | none",
            "{'type':'Sequence','processors':[{'type':'ByteLevel'}," + TEMPLATE + "]} | {} | 7",
            "{'type':'RobertaProcessing','sep':['</s>',2],'cls':['<s>',7]} | {} | 7",
            "null | {'add_bos_token':true,'bos_token':'<s>'} | none",
            TEMPLATE + " | {'add_bos_token':false,'bos_token':'<s>'} | 7",
    })
    void theTokenIsTheOneTheTokenizerPutsBeforeAText(String postProcessor, String settings, String expected) throws IOException {
        write("tokenizer.json", "{'added_tokens':[{'id':7,'content':'<s>'}],'model':{'vocab':{}},'post_processor':" + postProcessor + "}");
        write("tokenizer_config.json", settings);

        assertThat(StartToken.AUTO.of(TokenizerFiles.in(directory), OptionalInt.of(5), 10))
                .isEqualTo(expected.equals("none") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(expected)));
    }

    /** What transformers 5.24 gives for these files: two classes bring a post-processor of their own where they are taken. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "null | {'tokenizer_class':'CodeLlamaTokenizer'} | {'model_type':'llama'} | 7",
            "null | {'tokenizer_class':'CodeLlamaTokenizerFast','add_bos_token':false} | {'model_type':'qwen3'} | 7",
            "{'type':'ByteLevel'} | {'tokenizer_class':'CodeLlamaTokenizer','bos_token':'<b>'} | {} | 8",
            "null | {'tokenizer_class':'CodeLlamaTokenizer','bos_token':{'content':'<b>'}} | {} | 8",
            TEMPLATE + " | {'tokenizer_class':'CodeLlamaTokenizer','bos_token':null} | {} | none",
            "null | {} | {'model_type':'llama','tokenizer_class':'CodeLlamaTokenizer'} | 7",
            "null | {'tokenizer_class':'CodeLlamaTokenizer'} | {'model_type':'mistral'} | none",
            "null | {'tokenizer_class':'CodeLlamaTokenizer'} | {'model_type':'qwen2'} | none",
            TEMPLATE + " | {'tokenizer_class':'GPTNeoXTokenizerFast','add_bos_token':true} | {'model_type':'llama'} | none",
            TEMPLATE + " | {'tokenizer_class':'GPTNeoXTokenizerFast'} | {'model_type':'phi3'} | 7",
            "null | {'tokenizer_class':'LlamaTokenizer','add_bos_token':true} | {'model_type':'llama'} | none",
    })
    void someClassesBringAPostProcessorOfTheirOwn(String postProcessor, String settings, String config, String expected)
            throws IOException {
        write("tokenizer.json", "{'added_tokens':[{'id':7,'content':'<s>'}],'model':{'vocab':{'<b>':8}},'post_processor':"
                + postProcessor + "}");
        write("tokenizer_config.json", settings);
        write("config.json", config);

        assertThat(StartToken.AUTO.of(TokenizerFiles.in(directory), OptionalInt.of(5), 10))
                .isEqualTo(expected.equals("none") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(expected)));
    }

    @Test
    void aTokenThatTheVocabularyLacksIsNamed() throws IOException {
        write("tokenizer.json", "{'added_tokens':[],'model':{'vocab':{}},'post_processor':null}");
        write("tokenizer_config.json", "{'tokenizer_class':'CodeLlamaTokenizer'}");

        assertThatThrownBy(() -> StartToken.AUTO.of(TokenizerFiles.in(directory), OptionalInt.of(5), 10)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must have the token <s>, which CodeLlamaTokenizer puts before a text, but was none; --start-token");
    }

    @Test
    void aModelWithoutATokenizerHasTheOneOfItsConfig() {
        assertThat(StartToken.AUTO.of(TokenizerFiles.in(directory), OptionalInt.of(5), 10)).hasValue(5);
    }

    @Test
    void itCanBeChosen() {
        assertThat(StartToken.parse("none").of(TokenizerFiles.in(directory), OptionalInt.of(5), 10)).isEmpty();
        assertThat(StartToken.parse("3").of(TokenizerFiles.in(directory), OptionalInt.of(5), 10)).hasValue(3);
        for (var text : new String[] {"auto", "none", "3"}) {
            assertThat(StartToken.parse(text)).hasToString(text);
        }
        assertThatThrownBy(() -> StartToken.parse("bos")).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be auto, none or a token id, but was bos");
        assertThatThrownBy(() -> StartToken.parse("10").of(TokenizerFiles.in(directory), OptionalInt.of(5), 10))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be below the model's vocab_size = 10");
    }

    private void write(String name, String json) throws IOException {
        Files.writeString(directory.resolve(name), json.replace('\'', '"'));
    }
}
