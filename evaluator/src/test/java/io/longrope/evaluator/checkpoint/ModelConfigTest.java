package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeConfiguration;
import io.longrope.search.rope.RopeDictionary;
import io.longrope.search.rope.RopeGeometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelConfigTest {

    private static final String BASE = "{'model_type':'llama','vocab_size':64,'hidden_size':32,'intermediate_size':48,"
            + "'num_hidden_layers':2,'num_attention_heads':4,'max_position_embeddings':128,'rms_norm_eps':1e-6";

    @TempDir
    Path directory;

    @Test
    void fillsInTheFamilysDefaults() throws IOException {
        var config = read("}");

        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.headDim()).isEqualTo(8);
        assertThat(config.rope()).isEqualTo(new RopeGeometry(8, 10_000, 128));
        assertThat(config.ropeConfiguration()).isEmpty();
        assertThat(config.tiedEmbeddings()).isFalse();
        assertThat(config.attentionBias()).isEqualTo(AttentionBias.NONE);
        assertThat(config.bosTokenId()).isEmpty();
    }

    @Test
    void readsEveryKey() throws IOException {
        var config = read(",'num_key_value_heads':2,'head_dim':16,'rope_theta':5e5,'tie_word_embeddings':true,'attention_bias':true,"
                + "'bos_token_id':1,'eos_token_id':[2,3],'partial_rotary_factor':1.0,'original_max_position_embeddings':64}");

        assertThat(config.kvHeads()).isEqualTo(2);
        assertThat(config.headDim()).isEqualTo(16);
        assertThat(config.rope()).isEqualTo(new RopeGeometry(16, 500_000, 64));
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.attentionBias()).isEqualTo(AttentionBias.ALL);
        assertThat(config.bosTokenId()).hasValue(1);
        assertThat(config.eosTokenId()).hasValue(2);
    }

    @Test
    void readsTheExtensionUnderItsOldAndItsNewKey() throws IOException {
        var old = read(",'rope_theta':20000,'rope_scaling':{'type':'yarn','factor':4,'original_max_position_embeddings':32,'rope_type':'yarn'}}");
        var now = read(",'rope_parameters':{'rope_type':'yarn','factor':4.0,'original_max_position_embeddings':32,'rope_theta':20000.0}}");

        assertThat(old).isEqualTo(now);
        assertThat(now.rope()).isEqualTo(new RopeGeometry(8, 20_000, 32));
        assertThat(now.ropeConfiguration()).contains(
                new RopeConfiguration("yarn", Map.of("factor", 4.0)));
    }

    @Test
    void writesWhatItReads() throws IOException {
        var longrope = read(",'bos_token_id':1,'rope_scaling':{'rope_type':'su','short_factor':[1,1,1,1],'long_factor':[1,2,3,4.5],"
                + "'original_max_position_embeddings':64}}");
        assertThat(longrope.ropeConfiguration().orElseThrow().factors("long_factor")).containsExactly(1, 2, 3, 4.5);

        var proportional = read(",'rope_parameters':{'rope_type':'proportional','partial_rotary_factor':0.25,'rope_theta':10000.0}}");
        assertThat(proportional.rope().rotaryDim()).isEqualTo(8);
        assertThat(proportional.ropeConfiguration().orElseThrow().number("partial_rotary_factor")).hasValue(0.25);

        for (var config : new ModelConfig[] {longrope, longrope.withRope(Optional.empty(), 64), proportional, read("}")}) {
            var file = Files.writeString(directory.resolve("again.json"), config.toJson());
            assertThat(ModelConfig.read(file)).isEqualTo(config);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "mistral | } | NONE | false | [4096, 4096]",
            "mistral | ,'sliding_window':null} | NONE | false | []",
            "mistral | ,'sliding_window':7} | NONE | false | [7, 7]",
            "qwen2 | ,'sliding_window':7,'max_window_layers':1} | QUERY_KEY_VALUE | false | []",
            "qwen2 | ,'use_sliding_window':true,'sliding_window':7,'max_window_layers':1} | QUERY_KEY_VALUE | false | [0, 7]",
            "qwen3 | ,'use_sliding_window':true,'sliding_window':7,'layer_types':['sliding_attention','full_attention']} | NONE | true "
            + "| [7, 0]",
            "qwen3 | ,'attention_bias':true} | ALL | true | []",
            "phi3 | ,'sliding_window':7} | NONE | false | [7, 7]",
            "phi3 | } | NONE | false | []",
            "llama | ,'sliding_window':7} | NONE | false | []",
    })
    void readsWhatAFamilyAdds(String family, String rest, AttentionBias bias, boolean norm, String windows) throws IOException {
        var config = readFamily(family, ",'num_key_value_heads':2" + rest);

        assertThat(config.attentionBias()).isEqualTo(bias);
        assertThat(config.queryKeyNorm()).isEqualTo(norm);
        assertThat(config.windows()).hasToString(windows);
        assertThat(ModelConfig.read(Files.writeString(directory.resolve("again.json"), config.toJson()))).isEqualTo(config);
    }

    @Test
    void readsGemmasBlocks() throws IOException {
        var rest = ",'num_key_value_heads':2,'sliding_window':9,'query_pre_attn_scalar':16";
        var old = readFamily("gemma3_text",
                rest + ",'sliding_window_pattern':2,'rope_local_base_freq':20000,'rope_scaling':{'rope_type':'linear','factor':8}}");
        var now = readFamily("gemma3_text", rest + ",'layer_types':['sliding_attention','full_attention'],'rope_parameters':{"
                + "'full_attention':{'rope_type':'linear','factor':8,'rope_theta':1000000},'sliding_attention':{'rope_type':'default','rope_theta':20000}}}");

        assertThat(old).isEqualTo(now);
        assertThat(now.windows()).containsExactly(9, 0);
        assertThat(now.rope().theta()).isEqualTo(1_000_000);
        assertThat(now.variant().localTheta()).hasValue(20_000);
        assertThat(now.attentionScale()).isEqualTo(0.25);
        assertThat(now.tiedEmbeddings()).isTrue();
        assertThatThrownBy(() -> readFamily("gemma3_text", rest + ",'attn_logit_softcapping':50}")).isInstanceOf(BadInput.class)
                .hasMessageContaining("attn_logit_softcapping must be null, but was 50");
    }

    /** vLLM's overrides for models of text and images put the keys there. */
    @Test
    void keysThatOnlySomeProgramsReadAreNamed() throws IOException {
        assertThat(notes(",'text_config':{'rope_parameters':{'rope_type':'yarn','factor':4.0,'original_max_position_embeddings':32}}}"))
                .singleElement().asString().contains("text_config has rope keys", "vLLM reads them there");
        assertThat(notes(",'no_rope_layers':[1,0]}")).singleElement().asString().contains("every layer turns");
        assertThat(notes(",'text_config':{'hidden_size':32}}")).isEmpty();
    }

    private List<String> notes(String rest) throws IOException {
        var json = (ObjectNode) Json.mapper().readTree((BASE + rest).replace('\'', '"'));
        return RopeDictionary.read("config.json", json).notes();
    }

    /** To a Llama of transformers the names of GPT-NeoX, Qwen 1 and GPT-J mean nothing. */
    @ParameterizedTest
    @CsvSource({"rotary_emb_base,500000,rope_theta", "rotary_pct,0.5,partial_rotary_factor", "rotary_dim,2,partial_rotary_factor",
        "seq_length,4096,max_position_embeddings", "kv_channels,16,head_dim", "n_head,8,num_attention_heads"})
    void namesOfOtherFamiliesAreNotReadAndTold(String name, String value, String usual) throws IOException {
        var config = read(",'" + name + "':" + value + "}");
        assertThat(config).isEqualTo(read("}"));
        assertThat(notes(",'" + name + "':" + value + "}")).singleElement().asString()
                .contains(name + " is " + value + ": as in transformers it is not read for llama, whose key is " + usual);
    }

    @Test
    void keysThatContradictEachOtherAreTold() throws IOException {
        assertThat(notes(",'rope_theta':500000.0,'rope_parameters':{'rope_type':'linear','factor':4.0,'rope_theta':10000.0}}"))
                .singleElement().asString().contains("rope_parameters.rope_theta is 10000.0", "it is 500000.0", "the inner one counts");
        assertThat(notes(",'rope_theta':500000.0,'rope_parameters':{'rope_type':'default','rope_theta':10000.0}}"))
                .singleElement().asString().contains("the inner one counts");
        assertThat(notes(",'rope_scaling':{'type':'yarn','factor':4.0,'original_max_position_embeddings':32,'mscale':0.8}}"))
                .singleElement().asString().contains("mscale is 0.8: ignored");
        var phi = (ObjectNode) Json.mapper().readTree((BASE + ",'partial_rotary_factor':1.0,'rope_parameters':{'rope_type':'default',"
                + "'partial_rotary_factor':0.5}}").replace('\'', '"').replace("llama", "phi3"));
        assertThat(RopeDictionary.read("config.json", phi).notes()).singleElement().asString()
                .contains("partial_rotary_factor differs from the one beside");
        var gemma = (ObjectNode) Json.mapper().readTree((BASE + ",'rope_local_base_freq':3000,'rope_parameters':{'full_attention':"
                + "{'rope_type':'default'},'sliding_attention':{'rope_type':'default','rope_theta':20000}}}").replace('\'', '"')
                .replace("llama", "gemma3_text"));
        assertThat(RopeDictionary.read("config.json", gemma).notes()).singleElement().asString()
                .contains("rope_local_base_freq is 3000.0 and", "rope_theta is 20000.0: as in transformers the second counts");
    }

    @Test
    void aModelOfMoreThanTextIsToldApart() {
        assertThatThrownBy(() -> ModelConfig.read(Files.writeString(directory.resolve("config.json"),
                "{\"model_type\": \"gemma3\", \"text_config\": {\"hidden_size\": 32}}"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be the config.json of a language model").hasMessageContaining("language_model.save_pretrained");
    }

    @Test
    void leavesNoKeyOfAFamilyToAGuess() {
        assertThatThrownBy(() -> readFamily("gemma2", "}")).isInstanceOf(BadInput.class).hasMessageContaining("was gemma2")
                .hasMessageContaining("caps the scores");
        assertThatThrownBy(() -> readFamily("qwen2", "}")).isInstanceOf(BadInput.class)
                .hasMessageContaining("num_key_value_heads must be given");
        assertThatThrownBy(() -> readFamily("qwen3",
                ",'num_key_value_heads':2,'use_sliding_window':true,'layer_types':['chunked_attention','full_attention']}"))
                .isInstanceOf(BadInput.class).hasMessageContaining("layer_types must be full_attention or sliding_attention");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            ",'rope_scaling':{'type':'ntk','factor':2}} | rope_type must be default or one of [dynamic, linear, llama3, longrope, "
                    + "proportional, yarn], but was ntk",
            ",'rope_scaling':{'type':'linear'}} | rope_scaling.factor must be given, rope_type linear needs it, but was missing",
            ",'rope_scaling':{'type':'linear','factor':2,'start_token_idx':4}} | rope_scaling.start_token_idx must be a key of "
            + "rope_type linear, but was 4",
            ",'rope_scaling':{'type':'linear','factor':'two'}} | rope_scaling.factor must be a finite number",
            ",'rope_scaling':{'type':'longrope','short_factor':[1],'long_factor':[1]}} | must have 4 factors, half the rotary "
            + "dimension, but was 1",
            ",'rope_scaling':{'type':'longrope','short_factor':[1,1,1,1],'long_factor':[1,0,1,1]}} | long_factor[1] must be a finite "
            + "number greater than 0",
            ",'rope_scaling':[]} | must be an object",
            ",'hidden_act':'gelu'} | hidden_act must be silu, but was gelu",
            ",'mlp_bias':true} | mlp_bias must be false",
            ",'rope_interleaved':true} | rope_interleaved must be false",
            ",'quantization_config':{'bits':4}} | quantization_config must be absent",
            ",'num_key_value_heads':3} | num_key_value_heads must divide num_attention_heads = 4, but was 3",
            ",'bos_token_id':64} | bos_token_id must be in [0, vocab_size = 64), but was 64",
            ",'head_dim':7} | rotaryDim must be even",
            ",'head_dim':8.5} | head_dim must be a whole number",
            ",'rope_theta':-1} | theta must be a finite number greater than 1",
            ",'vocab_size':1} | vocab_size twice",
            "} {} | must be a JSON object",
    })
    void refusesWhatItCannotHonour(String rest, String complaint) {
        assertThatThrownBy(() -> read(rest)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith(directory.resolve("config.json").toString()).hasMessageContaining(complaint);
    }

    @Test
    void refusesAnUnknownFamilyAndNamesTheKnown() throws IOException {
        var file = Files.writeString(directory.resolve("config.json"), "{\"model_type\":\"lama\"}");

        assertThatThrownBy(() -> ModelConfig.read(file)).isInstanceOf(BadInput.class).hasMessageContaining("llama")
                .hasMessageContaining("but was lama");
    }

    private ModelConfig readFamily(String family, String rest) throws IOException {
        return ModelConfig.read(Files.writeString(directory.resolve("config.json"),
                (BASE.replace("llama", family) + rest).replace('\'', '"')));
    }

    private ModelConfig read(String rest) throws IOException {
        return ModelConfig.read(Files.writeString(directory.resolve("config.json"), (BASE + rest).replace('\'', '"')));
    }
}
