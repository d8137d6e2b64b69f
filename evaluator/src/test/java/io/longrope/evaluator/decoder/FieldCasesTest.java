package io.longrope.evaluator.decoder;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.Safetensors;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/**
 * Configurations and files as public reports have them, on one tiny random model. The perplexities are those of transformers
 * 5.24 in float32.
 */
class FieldCasesTest {

    private static final String MODEL =
            "'model_type':'llama','vocab_size':97,'hidden_size':32,'intermediate_size':56,'num_hidden_layers':2,"
            + "'num_attention_heads':4,'num_key_value_heads':2,'head_dim':8,'bos_token_id':1,'eos_token_id':2";

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // dynamic scales from max_position_embeddings, whatever original length is inside
            "'max_position_embeddings':256,'rope_scaling':{'rope_type':'dynamic','factor':4.0,'original_max_position_embeddings':64} | "
                    + "284.958811",
            // rope_scaling counts where both dictionaries are there
            "'max_position_embeddings':256,'rope_theta':500000.0,'rope_parameters':{'rope_theta':500000.0,'rope_type':'default'},"
                    + "'rope_scaling':{'rope_type':'yarn','factor':4.0,'original_max_position_embeddings':64,'rope_theta':500000.0} | "
                    + "307.819703",
            "'max_position_embeddings':256,'rope_theta':1000000.0,'rope_scaling':{'rope_type':'yarn','factor':4.0,"
                    + "'original_max_position_embeddings':64,'attn_factor':0.8782488562869419} | 304.987529",
            "'max_position_embeddings':256,'rope_theta':10000.0,'rope_scaling':{'type':'longrope','short_factor':[1.007375,1.11075,1.199,1.300125],"
                    + "'long_factor':[1.059,1.886,2.592,3.401],'original_max_position_embeddings':64,'short_mscale':1.1,'long_mscale':1.2} | 270.614700",
            // the original length beside the dictionary, nowhere, and where linear does not need it
            "'max_position_embeddings':256,'original_max_position_embeddings':64,"
                    + "'rope_scaling':{'rope_type':'llama3','factor':4.0,'low_freq_factor':1.0,'high_freq_factor':4.0} | 312.426709",
            "'max_position_embeddings':64,'rope_scaling':{'rope_type':'llama3','factor':4.0,'low_freq_factor':1.0,'high_freq_factor':4.0} | 312.426709",
            "'max_position_embeddings':256,'rope_scaling':{'type':'linear','factor':4.0,'original_max_position_embeddings':64} | "
            + "334.414779",
            "'max_position_embeddings':256,'rope_scaling':{'rope_type':'yarn','factor':null,'original_max_position_embeddings':64} | "
            + "284.2221",
            "'max_position_embeddings':256,'rope_scaling':{'rope_type':'yarn','factor':4.0,'original_max_position_embeddings':64,'beta_fast':0} | 284.2221",
            "'rope_theta':10000.0 | 284.9588",
    })
    void ropeDictionariesMeanWhatTheyMeanToTransformers(String rope, double expected) throws IOException {
        assertThat(perplexity(model(rope + ",'rms_norm_eps':1e-05"), "long.jsonl")).isCloseTo(expected, within(1e-5 * expected));
    }

    @Test
    void aMissingEpsilonIsThatOfTheFamily() throws IOException {
        assertThat(perplexity(model("'max_position_embeddings':64"), "long.jsonl")).isCloseTo(284.9819, within(1e-3));
    }

    @Test
    void theTrainedWindowIsThatOfTheDictionaryThatCounts() throws IOException {
        var checkpoint = model("'rms_norm_eps':1e-05,'max_position_embeddings':256,'rope_parameters':{'rope_theta':500000.0,'rope_type':'default'},"
                + "'rope_scaling':{'rope_type':'yarn','factor':4.0,'original_max_position_embeddings':64,'rope_theta':500000.0}");
        assertThat(checkpoint.config().rope().originalLength()).isEqualTo(64);
    }

    @Test
    void aHeadOfItsOwnCountsAlthoughTheConfigTiesIt() throws IOException {
        var checkpoint = model("'rms_norm_eps':1e-05,'max_position_embeddings':64,'tie_word_embeddings':true");
        assertThat(checkpoint.config().tiedEmbeddings()).isFalse();
        assertThat(perplexity(checkpoint, "short.jsonl")).isCloseTo(254.741376, within(1e-3));
    }

    @Test
    void aHeadThatIsTheEmbeddingStaysTied() throws IOException {
        var plain = "'rms_norm_eps':1e-05,'max_position_embeddings':64,'tie_word_embeddings':true";
        var source = model(plain);
        var embedding = source.tensor("model.embed_tokens.weight");
        rewrite(source, name -> name, name -> name.equals("lm_head.weight") ? embedding.toFloats() : source.tensor(name).toFloats());
        assertThat(Checkpoint.open(directory).config().tiedEmbeddings()).isTrue();
    }

    @Test
    void aTiedModelSavedWithItsHeadAloneHasItAsEmbedding() throws IOException {
        var tied = "'rms_norm_eps':1e-05,'max_position_embeddings':64,'tie_word_embeddings':true";
        var both = model(tied);
        var head = both.tensor("lm_head.weight").toFloats();
        rewrite(both, name -> name, name -> name.equals("model.embed_tokens.weight") ? head : both.tensor(name).toFloats());
        double expected = perplexity(Checkpoint.open(directory), "short.jsonl");

        var alone = model(tied);
        rewrite(alone, name -> name.equals("model.embed_tokens.weight") ? "another" : name, name -> alone.tensor(name).toFloats());
        assertThat(perplexity(Checkpoint.open(directory), "short.jsonl")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"model.,''", "'',_orig_mod.", "'',module.", "'',language_model.", "model.,model.language_model.", "model.,_orig_mod.",
        "model.,model.model.", "'',_forward_module.module.", "model.,model._fsdp_wrapped_module.",
        "model.layers.1.,model.layers.1._orig_mod.",
        "model.layers.0.,model.layers.0._checkpoint_wrapped_module."})
    void namesOfTheBareModelAndOfWrappersAreKnown(String from, String to) throws IOException {
        var source = model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        rewrite(source, name -> name.startsWith(from) ? to + name.substring(from.length()) : name, name -> source.tensor(name).toFloats());
        var checkpoint = Checkpoint.open(directory);
        assertThat(perplexity(checkpoint, "short.jsonl")).isCloseTo(254.741376, within(1e-3));
        assertThat(checkpoint.fingerprint()).isEqualTo(source.fingerprint());
    }

    @Test
    void anAdapterThatIsNotMergedIsTold() throws IOException {
        var source = model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        rewrite(source, name -> name.replace("q_proj.weight", "q_proj.base_layer.weight"), name -> source.tensor(name).toFloats());
        assertThatThrownBy(() -> Checkpoint.open(directory).tensor("model.layers.0.self_attn.q_proj.weight")).isInstanceOf(BadInput.class)
                .hasMessageContaining("an adapter laid over it, not merged; merge it");
    }

    @Test
    void aTensorUnderTwoNamesIsRefused() throws IOException {
        var source = model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        rewrite(source, name -> name.equals("lm_head.weight") ? "_orig_mod.model.norm.weight" : name,
                name -> source.tensor(name).toFloats());
        assertRefused("model.norm.weight under two names");
    }

    @Test
    void aTensorThatIsMissingIsToldWithNamesNearIt() throws IOException {
        var source = model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        rewrite(source, name -> name.replace("model.embed_tokens", "model.word.embed_tokens"), name -> source.tensor(name).toFloats());
        assertThatThrownBy(() -> Checkpoint.open(directory).tensor("model.embed_tokens.weight")).isInstanceOf(BadInput.class)
                .hasMessageContaining("near it: model.word.embed_tokens.weight");
    }

    @Test
    void eachReasonForMissingWeightsHasItsOwnAdvice() throws IOException {
        model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        var weights = directory.resolve("model.safetensors");
        Files.delete(weights);
        assertRefused("no weights at all");
        for (var other : List.of("flax_model.msgpack", "tf_model.h5", "model.onnx")) {
            var foreign = Files.createFile(directory.resolve(other));
            assertRefused("weights for another framework, " + other);
            Files.delete(foreign);
        }
        var part = Files.createFile(directory.resolve("model.safetensors.incomplete"));
        assertRefused("a download that has not ended, model.safetensors.incomplete");
        Files.delete(part);
        var original = Files.createFile(Files.createDirectory(directory.resolve("original")).resolve("consolidated.00.pth"));
        assertRefused("the authors' own form alone, original/consolidated.*");
        Files.delete(original);
        var bin = Files.createFile(directory.resolve("pytorch_model.bin"));
        assertRefused("save them with save_pretrained");
        Files.delete(bin);
        var authors = Files.createFile(directory.resolve("consolidated.safetensors"));
        assertRefused("the authors' own form");
        Files.delete(authors);
        Files.writeString(directory.resolve("adapter_config.json"), "{\"base_model_name_or_path\":\"a/base\"}");
        assertRefused("merge it into its base model a/base");
        Files.createSymbolicLink(weights, Path.of("../../blobs/abc"));
        assertRefused("a link to ../../blobs/abc, which is missing");
        Files.delete(weights);
        Files.writeString(weights, "../plain/model.safetensors");
        assertRefused("the text of a link to ../plain/model.safetensors");
        Files.writeString(weights, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        assertRefused("git lfs pull fetches the file");
        Files.writeString(weights, "<!DOCTYPE html><html><body>Sign in</body></html>" + " ".repeat(5000));
        assertRefused("must be a safetensors file, but was a page of HTML");
        Files.delete(weights);
        Files.writeString(directory.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"}}");
        assertRefused("0 of 2 parts are there: download the rest");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'rope_scaling':{'type':'longrope','long_factor':[1,Infinity]}} | but was Infinity; JSON has no such number: write 1e30",
            "} // mine | :1 must be a JSON object, but was a comment",
            "'rope_theta':1,'rope_theta':2} | but was rope_theta twice",
    })
    void aConfigThatIsNoJsonIsToldInPlainWords(String rest, String message) throws IOException {
        model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        Files.writeString(directory.resolve("config.json"), rest.startsWith("}") ? "{" + rest : ("{" + rest).replace('\'', '"'));
        assertRefused(message);
        Files.writeString(directory.resolve("config.json"), "");
        assertRefused("config.json must be a JSON object, but was empty");
    }

    @Test
    void aDirectoryAboveTheModelIsToldWhereItIs() throws IOException {
        model("'rms_norm_eps':1e-05,'max_position_embeddings':64");
        var snapshot = Files.createDirectories(directory.resolve("snapshots/abc"));
        Files.move(directory.resolve("config.json"), snapshot.resolve("config.json"));
        assertRefused("name the directory that has it: snapshots/abc");
        Files.delete(snapshot.resolve("config.json"));
        for (var table : List.of("factors.json", "1024.csv")) {
            var file = Files.writeString(directory.resolve(table), "{}");
            assertRefused("this is a table without a model");
            Files.delete(file);
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Checkpoint.open(directory)).isInstanceOf(BadInput.class).hasMessageContaining(message);
    }

    private Checkpoint model(String rest) throws IOException {
        Files.writeString(directory.resolve("config.json"), ("{" + MODEL + "," + rest + "}").replace('\'', '"'));
        try (var weights = resource("model.safetensors")) {
            Files.write(directory.resolve("model.safetensors"), weights.readAllBytes());
        }
        return Checkpoint.open(directory);
    }

    /** The same weights under other names. */
    private void rewrite(Checkpoint source, UnaryOperator<String> name, Function<String, float[]> values) throws IOException {
        var tensors = Safetensors.ofFile(directory.resolve("model.safetensors")).tensors();
        SafetensorsWriter.write(directory.resolve("again.safetensors"), DataType.F32, tensors.stream().map(tensor -> {
            var copy = values.apply(tensor.name());
            return new SafetensorsWriter.Source(name.apply(tensor.name()), tensor.shape(), () -> copy);
        }).toList());
        source.fingerprint();
        Files.move(directory.resolve("again.safetensors"), directory.resolve("model.safetensors"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Of the tokens in a file, after the start token 1. */
    private static double perplexity(Checkpoint checkpoint, String file) throws IOException {
        int[] text;
        try (var lines = resource(file)) {
            Map<?, ?> line = Json.mapper().readValue(lines, Map.class);
            text = ((List<?>) line.get("tokens")).stream().mapToInt(token -> (Integer) token).toArray();
        }
        var tokens = IntStream.concat(IntStream.of(1), IntStream.of(text)).toArray();
        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, 2048))) {
            var losses = decoder.losses(tokens, checkpoint.config().candidate(tokens.length));
            return Math.exp(IntStream.range(0, losses.length).mapToDouble(i -> losses[i]).average().orElseThrow());
        }
    }

    private static InputStream resource(String name) {
        return FieldCasesTest.class.getResourceAsStream("field/" + name);
    }
}
