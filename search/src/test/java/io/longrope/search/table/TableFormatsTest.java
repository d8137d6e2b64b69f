package io.longrope.search.table;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.rope.RopeDictionary;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

class TableFormatsTest {

    private static final RopeGeometry LLAMA2 = new RopeGeometry(128, 10_000, 4096);
    private static final RopeGeometry TINY = new RopeGeometry(4, 10_000, 100);

    @TempDir
    Path directory;

    private static Path microsoft(String name) throws URISyntaxException {
        return Path.of(TableFormatsTest.class.getResource(name).toURI());
    }

    private static CsvFormat csv(RopeGeometry geometry, int length) {
        return new CsvFormat("model", geometry, length, AttentionTemperature.longrope());
    }

    private static FactorTable tiny(Candidate... longer) {
        return new FactorTable("model", TINY, IntStream.range(0, longer.length)
                .mapToObj(i -> TableEntry.of(200 << i, Measured.of(longer[i], 5.25))).toList(), List.of());
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("table"), text);
    }

    @ParameterizedTest
    @CsvSource({"ft_la2_128k.csv, 131072, 32.0, true", "ft_la2_256k.csv, 262144, 64.77, true", "ft_mis_128k.csv, 131072, 32.99, false",
            "4k_la2_256k.csv, 4096, 62.04, true", "8k_la2_256k.csv, 8192, 4.96, true", "512k_la2_256k.csv, 524288, 171.3, true",
            "2048k_la2_256k.csv, 2097152, 575.8, true", "2048k_mis_256k.csv, 2097152, 422.2, false"})
    void microsoftTablesAreReadWhateverTheirShape(String name, int length, double max, boolean monotone) throws Exception {
        var candidate = csv(LLAMA2, length).read(microsoft(name)).forLength(length);
        assertThat(candidate.factors().layers()).isEqualTo(1);
        assertThat(candidate.factors().pairs()).isEqualTo(64);
        assertThat(candidate.factors().max()).isCloseTo(max, offset(0.05));
        assertThat(candidate.factors().isMonotone()).isEqualTo(monotone);
        assertThat(candidate.startTokens()).isZero();
        assertThat(candidate.attentionFactor()).isEqualTo(AttentionTemperature.longrope().factor(LLAMA2, length));
    }

    @Test
    void microsoftTablesSurviveEveryFormat() throws Exception {
        var table = csv(LLAMA2, 131_072).read(microsoft("ft_mis_128k.csv"));
        var factors = table.forLength(131_072).factors();
        csv(LLAMA2, 131_072).write(table, directory.resolve("table.csv"));
        assertThat(csv(LLAMA2, 131_072).read(directory.resolve("table.csv")).forLength(131_072).factors()).isEqualTo(factors);
        for (var engine : Engine.values()) {
            var format = new HuggingFaceFormat(engine);
            format.write(table, directory.resolve("config.json"));
            assertThat(format.read(directory.resolve("config.json")).forLength(131_072)).isEqualTo(table.forLength(131_072));
            assertThat(format.read(directory.resolve("config.json")).geometry()).isEqualTo(LLAMA2);
        }
    }

    @Test
    void aColumnIsWrittenAsNumpyWritesIt() throws IOException {
        var notes = csv(TINY, 200).write(tiny(new Candidate(RescaleFactors.of(1.05, Double.POSITIVE_INFINITY), 8, 1.5)),
                directory.resolve("table.csv"));
        assertThat(directory.resolve("table.csv")).hasContent("1.050000000000000044e+00\ninf\n");
        assertThat(notes).anySatisfy(note -> assertThat(note).contains("n̂ = 8, perplexity 5.2500").contains("not measured"))
                .anySatisfy(note -> assertThat(note).contains("attention factor 1.5"));
    }

    @Test
    void oneLineMoreThanPairsBeginsWithStartTokens() throws IOException {
        assertThat(csv(TINY, 200).read(file("16\n1.5\n2\n")).forLength(200).startTokens()).isEqualTo(16);
        assertThat(csv(TINY, 200).read(file("16\n1.5\n2\n")).forLength(200).factors()).isEqualTo(RescaleFactors.of(1.5, 2));
        assertThat(csv(TINY, 200).read(file("0\n1.5\n2")).forLength(200).startTokens()).isZero();
        assertThatThrownBy(() -> csv(TINY, 200).read(file("1.5\n1.5\n2"))).isInstanceOf(BadInput.class)
                .hasMessageContaining(":1 must be n̂");
    }

    @Test
    void twoLinesMoreThanPairsBeginWithTheEndsOfARamp() throws IOException {
        assertThat(csv(TINY, 200).read(file("0.0\n2.0\n1.5\n2\n")).forLength(200)).satisfies(candidate -> {
            assertThat(candidate.factors()).isEqualTo(RescaleFactors.of(1.5, 2));
            assertThat(candidate.startTokens()).isZero();
        });
        for (var noRamp : List.of("0.5\n2\n1\n1", "2\n1\n1\n1", "1\n3\n1\n1")) {
            assertThatThrownBy(() -> csv(TINY, 200).read(file(noRamp))).isInstanceOf(BadInput.class)
                    .hasMessageEndingWith("but was 4 lines");
        }
    }

    @Test
    void blanksSeparateNumbersToo() throws IOException {
        var factors = RescaleFactors.of(1.04, 32.75);
        assertThat(csv(TINY, 200).read(file("1.04 32.75\n1.04 32.75\n")).forLength(200).factors()).isEqualTo(factors);
        assertThat(csv(TINY, 200).read(file("      1.04000000,     32.75000000\n")).forLength(200).factors()).isEqualTo(factors);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'1\n2\n3\n4\n5' | must have 2 lines of one factor (3 with n̂ first, 4 with the two ends of a ramp first), but was 5 lines",
            "'1\n-2'         | :2 must be factors greater than 0, but was -2.0",
            "'1\n0'          | :2 must be factors greater than 0, but was 0.0",
            "'4\n1\n0'       | :3 must be factors greater than 0, but was 0.0",
            "'1\nnan'        | :2 must be numbers separated by commas or blanks, but was 'nan'",
            "'1,2\n1,2,3'    | :2 must have 2 factors, half the rotary dimension, but was 3",
            "'1,2\n1,'       | :2 must be numbers separated by commas or blanks, but was empty",
            "'1\n\n2'        | :2 must be numbers separated by commas or blanks, but was empty",
            "''              | :1 must be numbers separated by commas or blanks, but was empty",
            "'1\n0x2'        | :2 must be numbers separated by commas or blanks, but was '0x2'",
            "'{\"a\": 1}'    | :1 must be numbers separated by commas or blanks"})
    void brokenCsvNamesFileAndLine(String text, String message) throws IOException {
        var file = file(text);
        assertThatThrownBy(() -> csv(TINY, 200).read(file)).isInstanceOf(BadInput.class)
                .hasMessageContaining(message).hasMessageStartingWith(file.toString());
    }

    @Test
    void whatASpreadsheetSavesIsReadOrTold() throws IOException {
        var plain = "1.0\n2.5\n";
        var expected = csv(TINY, 200).read(file(plain)).forLength(200);
        for (var charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            var marked = Files.write(directory.resolve("marked.csv"), ("\ufeff" + plain.replace("\n", "\r\n")).getBytes(charset));
            assertThat(csv(TINY, 200).read(marked).forLength(200)).isEqualTo(expected);
        }
        for (var text : List.of("# factors\n" + plain, "1.0\n# the last\n2.5", "\"1.0\"\n\"2.5\"\n", "\"1.0\",\"2.5\"\n")) {
            assertThat(csv(TINY, 200).read(file(text)).forLength(200)).isEqualTo(expected);
        }
        for (var text : List.of("1,000000\n2,500000\n", "1,0;2,5\n", "1.0;2.5\n", "1\n2,5\n", "1,5\n2,5\n", "1,0\t2,5\n",
                "\"1,0\"\n\"2,5\"\n")) {
            var commas = file(text);
            assertThatThrownBy(() -> csv(TINY, 200).read(commas)).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must be numbers with decimal points");
        }
    }

    @Test
    void aHeadingAndASecondColumnAreTold() throws IOException {
        for (var heading : List.of("factor\n1.0\n2.5", "\ufefflambda\n1.0\n2.5", "λ\n1.0\n2.5")) {
            assertThatThrownBy(() -> csv(TINY, 200).read(file(heading))).isInstanceOf(BadInput.class)
                    .hasMessageContaining(":1 must be numbers").hasMessageNotContaining("ï").hasMessageNotContaining("Î")
                    .hasMessageEndingWith("; leave out the heading");
        }
        assertThatThrownBy(() -> csv(TINY, 200).read(file("0,1.0,7\n1,2.5,7"))).isInstanceOf(BadInput.class)
                .hasMessageContaining(":1 must have 2 factors, half the rotary dimension, but was 3");
        assertThatThrownBy(() -> csv(TINY, 200).read(file("# nothing else\n"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must hold numbers, but was comments alone");
    }

    @Test
    void aDirectoryThatExportWroteIsReadAsTheTableItHolds() throws IOException {
        var factors = new Candidate(RescaleFactors.of(1, 2), 0, 1);
        var table = new FactorTable("model", TINY, List.of(TableEntry.of(200, Measured.unmeasured(factors)),
                TableEntry.of(400, Measured.unmeasured(new Candidate(RescaleFactors.of(1.5, 4), 0, 1)))), List.of());
        var csv = Optional.of(new CsvFormat("model", TINY, 200, AttentionTemperature.none()));
        for (var form : List.of("json", "csv", "hf", "vllm", "sglang", "mlx")) {
            var exported = directory.resolve("exported-" + form);
            TableExport.write(form, table, Optional.empty(), exported);
            var read = TableFiles.read(exported, csv);
            assertThat(read.forLength(400)).as(form).isEqualTo(table.forLength(400));
            assertThat(read.geometry()).as(form).isEqualTo(TINY);
        }
        assertThat(TableFiles.read(directory.resolve("exported-csv"), csv).entries()).isEqualTo(table.entries());
        assertThat(TableFiles.greatestLength(directory.resolve("exported-csv"))).hasValue(400);
        assertThatThrownBy(() -> TableFiles.read(directory.resolve("exported-csv"), Optional.empty())).isInstanceOf(BadInput.class)
                .hasMessageContaining("must state the model its factors belong to");
        var empty = Files.createDirectory(directory.resolve("empty"));
        assertThatThrownBy(() -> TableFiles.read(empty, csv)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must hold a table to be read as one");
    }

    @Test
    void aJsonTableMayBeginWithAByteOrderMark() throws IOException {
        var written = directory.resolve("plain.json");
        var table = tiny(new Candidate(RescaleFactors.of(1, 2), 0, 1));
        new JsonFormat().write(table, written);
        var marked = Files.writeString(directory.resolve("marked.json"), "\ufeff" + Files.readString(written));
        assertThat(TableFiles.read(marked, Optional.empty())).isEqualTo(table);
    }

    @Test
    void aFamilysOwnNameOfTheBaseCounts() throws IOException {
        var config = "{\"model_type\":\"phi3small\",\"hidden_size\":16,\"num_attention_heads\":4,\"max_position_embeddings\":400,"
                + "\"rope_embedding_base\":1000000,\"rope_scaling\":{\"type\":\"su\",\"long_factor\":[1,2],\"short_factor\":[1,1],"
                + "\"original_max_position_embeddings\":100}}";
        var format = new HuggingFaceFormat(Engine.TRANSFORMERS);
        assertThat(format.read(file(config)).geometry()).isEqualTo(new RopeGeometry(4, 1_000_000, 100));
        var both = file(config.replace("\"rope_embedding", "\"rope_theta\":10000,\"rope_embedding"));
        assertThatThrownBy(() -> format.read(both)).isInstanceOf(BadInput.class)
                .hasMessageContaining("rope_embedding_base must be what rope_theta is, 10000.0");
        var neither = file(config.replace("rope_embedding_base", "other"));
        assertThatThrownBy(() -> format.read(neither)).isInstanceOf(BadInput.class)
                .hasMessageContaining("the base of model_type phi3small is not known");
    }

    @ParameterizedTest
    @EnumSource(Engine.class)
    void everyEnginesConfigIsReadBackAndMeansTheSame(Engine engine) throws IOException {
        var config = Files.writeString(directory.resolve("config.json"), """
                {"model_type": "llama", "hidden_size": 16, "num_attention_heads": 4, "rope_theta": 10000.0, "max_position_embeddings": 100}
                """);
        // a temperature no formula gives, and another for the short table
        var table = new FactorTable("llama", TINY, List.of(
                TableEntry.of(100, Measured.unmeasured(new Candidate(RescaleFactors.of(1, 1.25), 0, 1.25))),
                TableEntry.of(400, Measured.unmeasured(new Candidate(RescaleFactors.of(1.5, 4), 0, 1.25)))), List.of());
        new HuggingFaceFormat(engine).writeInto(table, config, config);

        assertThat(new HuggingFaceFormat(engine).read(config).entries()).isEqualTo(table.entries());
        var read = RopeDictionary.read("config", (ObjectNode) new ObjectMapper().readTree(config.toFile()));
        assertThat(read.configuration().orElseThrow().scaling(read.geometry(), read.window()).attentionFactor(read.geometry(), 400))
                .isEqualTo(1.25);
    }

    @Test
    void aMissingFileIsBadInput() {
        for (var format : List.of(csv(TINY, 200), new JsonFormat(), new HuggingFaceFormat(Engine.TRANSFORMERS))) {
            assertThatThrownBy(() -> format.read(directory.resolve("absent"))).isInstanceOf(BadInput.class)
                    .hasMessage(directory.resolve("absent") + " must be a file, but was missing");
        }
    }

    @Test
    void bothHuggingFaceKeysAreWrittenAndTheRestOfAConfigKept() throws IOException {
        var config = Files.writeString(directory.resolve("config.json"), """
                {"model_type": "phi3", "hidden_size": 32, "num_attention_heads": 4, "partial_rotary_factor": 0.5, "vocab_size": 7,
                 "rope_theta": 10000.0, "max_position_embeddings": 100, "rope_scaling": null, "deep": {"list": [1, null, 1e-05]}}
                """);
        var table = tiny(new Candidate(RescaleFactors.of(1, 2), 0, 1.25), new Candidate(RescaleFactors.of(1.5, 4), 0, 1.5));
        var notes = new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(table, config, config);
        var json = new ObjectMapper().readTree(config.toFile());
        assertThat(json.get("rope_scaling")).isEqualTo(json.get("rope_parameters"));
        assertThat(json.get("rope_scaling")).hasToString("{\"rope_type\":\"longrope\",\"type\":\"longrope\",\"short_factor\":[1.0,1.0],"
                + "\"long_factor\":[1.5,4.0],\"original_max_position_embeddings\":100,\"factor\":4.0,\"attention_factor\":1.5,"
                + "\"rope_theta\":10000.0,\"partial_rotary_factor\":0.5}");
        assertThat(json.get("max_position_embeddings").intValue()).isEqualTo(400);
        assertThat(json.get("original_max_position_embeddings").intValue()).isEqualTo(100);
        assertThat(json.get("deep")).hasToString("{\"list\":[1,null,1.0E-5]}");
        assertThat(json.get("vocab_size").intValue()).isEqualTo(7);
        assertThat(notes).anySatisfy(note -> assertThat(note).contains("entries for 200 are left out"))
                .anySatisfy(note -> assertThat(note).contains("attention_factor 1.5 up to 100 tokens too"));
    }

    @Test
    void configsInTheStyleOfPhi3AreRead() throws IOException {
        var file = file("""
                {"_name_or_path": "Phi-4-mini", "model_type": "phi3", "hidden_size": 16, "num_attention_heads": 2, "head_dim": null,
                 "partial_rotary_factor": 0.75, "max_position_embeddings": 1600, "original_max_position_embeddings": 100, "rope_theta": 500,
                 "rope_scaling": {"type": "su", "short_factor": [1, 1.5, 2], "long_factor": [1, 4, 20.5]}}
                """);
        var table = new HuggingFaceFormat(Engine.TRANSFORMERS).read(file);
        var geometry = new RopeGeometry(6, 500, 100);
        double attention = AttentionTemperature.longrope().factor(geometry, 1600);
        assertThat(table.model()).isEqualTo("Phi-4-mini");
        assertThat(table.geometry()).isEqualTo(geometry);
        assertThat(table.forLength(100)).isEqualTo(new Candidate(RescaleFactors.of(1, 1.5, 2), 0, attention));
        assertThat(table.forLength(101)).isEqualTo(new Candidate(RescaleFactors.of(1, 4, 20.5), 0, attention));
    }

    @Test
    void inGemmaTheTableIsForTheLayersThatSeeEverything() throws IOException {
        var model = "{\"model_type\":\"gemma3_text\",\"hidden_size\":8,\"head_dim\":4,\"num_attention_heads\":2,\"max_position_embeddings\":100,";
        var table = tiny(Candidate.original(2), new Candidate(RescaleFactors.of(1.5, 4), 0, 1.5));
        for (var rope : List.of("\"rope_theta\":10000,\"rope_local_base_freq\":500}",
                "\"rope_parameters\":{\"full_attention\":{\"rope_type\":\"default\",\"rope_theta\":10000},\"sliding_attention\":{\"rope_type\":\"default\",\"rope_theta\":500}}}")) {
            var config = Files.writeString(directory.resolve("config.json"), model + rope);

            new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(table, config, config);

            var parameters = new ObjectMapper().readTree(config.toFile()).get("rope_parameters");
            assertThat(parameters.get("sliding_attention")).hasToString("{\"rope_type\":\"default\",\"rope_theta\":500.0}");
            assertThat(parameters.get("full_attention").get("long_factor")).hasToString("[1.5,4.0]");
            assertThat(new HuggingFaceFormat(Engine.TRANSFORMERS).read(config).forLength(400)).isEqualTo(table.forLength(400));
            assertThatThrownBy(() -> new HuggingFaceFormat(Engine.VLLM).writeInto(table, config, config)).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must be a model whose layers all turn alike for vllm");
        }
    }

    @Test
    void pairsThatDoNotTurnAreWrittenAsAFiniteNumberAndReadBack() throws IOException {
        var table = tiny(Candidate.original(2), new Candidate(RescaleFactors.of(1.5, Double.POSITIVE_INFINITY), 0, 1));
        for (var engine : Engine.values()) {
            var file = directory.resolve(engine.id() + ".json");
            assertThat(new HuggingFaceFormat(engine).write(table, file))
                    .contains("The pairs that do not turn in the entry for 400 (λ = ∞) are written as λ = 1e30, which every engine computes"
                            + " as no turn.");
            assertThat(new ObjectMapper().readTree(file.toFile()).at("/rope_scaling/long_factor")).hasToString("[1.5,1.0E30]");
            assertThat(new HuggingFaceFormat(engine).read(file).forLength(400).factors()).isEqualTo(table.forLength(400).factors());
        }
    }

    @Test
    void aModelOfTypeProportionalIsReadAndGetsATableOfItsWholeHead() throws IOException {
        var text = "{\"model_type\":\"llama\",\"hidden_size\":16,\"num_attention_heads\":4,\"max_position_embeddings\":100,"
                + "\"partial_rotary_factor\":0.5,\"rope_theta\":10000,\"rope_scaling\":{\"rope_type\":\"proportional\",\"factor\":2}}";
        var config = Files.writeString(directory.resolve("config.json"), text);
        var rope = RopeDictionary.read("config.json", (ObjectNode) new ObjectMapper().readTree(text));
        assertThat(rope.geometry()).isEqualTo(TINY);
        assertThat(rope.configuration().orElseThrow().scaling(TINY, 100).factors(TINY, 50))
                .isEqualTo(RescaleFactors.of(2, Double.POSITIVE_INFINITY));

        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(tiny(new Candidate(RescaleFactors.of(1.5, 4), 0, 1)), config, config);

        assertThat(new ObjectMapper().readTree(config.toFile()).findValue("partial_rotary_factor")).isNull();
        assertThat(new HuggingFaceFormat(Engine.TRANSFORMERS).read(config).geometry()).isEqualTo(TINY);

        var phi = (ObjectNode) new ObjectMapper().readTree(text.replace("llama", "phi"));
        assertThatThrownBy(() -> RopeDictionary.read("config.json", phi).geometry()).isInstanceOf(BadInput.class)
                .hasMessageContaining("rope_type must be another for phi: only a model whose whole head turns can leave pairs of it still");
    }

    @Test
    void aConfigOfAnotherModelIsLeftAlone() throws IOException {
        var text = "{\"hidden_size\": 32, \"num_attention_heads\": 4, \"rope_theta\": 500000.0}";
        var config = Files.writeString(directory.resolve("config.json"), text);
        assertThatThrownBy(() -> new HuggingFaceFormat(Engine.VLLM).writeInto(tiny(Candidate.original(2)), config, config))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be the model the table belongs to");
        assertThat(config).hasContent(text);
        assertThat(directory).isDirectoryContaining(file -> file.equals(config)).satisfies(it -> assertThat(it.toFile().list()).hasSize(1));
    }

    @Test
    void whatAnEngineCannotExpressIsSaidOrRefused() throws IOException {
        var searched = new Candidate(RescaleFactors.of(1, 2), 16, 1.25);
        var plain = new Candidate(RescaleFactors.of(1, 1.9), 0, 1.25);
        var table = new FactorTable("model", TINY,
                List.of(new TableEntry(200, Measured.of(searched, 5), Optional.of(Measured.of(plain, 5.5)), "")),
                List.of());
        var format = new HuggingFaceFormat(Engine.VLLM);
        assertThat(format.write(table, directory.resolve("config.json")))
                .anySatisfy(note -> assertThat(note).contains("n̂ = 16, perplexity 5.0000").contains("n̂ = 0, perplexity 5.5000"))
                .anySatisfy(note -> assertThat(note).startsWith("vLLM chooses once"));
        assertThat(format.read(directory.resolve("config.json")).forLength(200)).isEqualTo(plain);
        assertThat(new HuggingFaceFormat(Engine.MLX).write(table, directory.resolve("mlx.json")))
                .anySatisfy(note -> assertThat(note).contains("mlx ignores a custom attention factor"));

        var perLayer = tiny(new Candidate(RescaleFactors.perLayer(new double[][] {{1, 2}, {1, 3}}), 0, 1));
        assertThatThrownBy(() -> format.write(perLayer, directory.resolve("config.json"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be one row for all layers");
        var both = new FactorTable("model", TINY, List.of(new TableEntry(200, Measured.of(perLayer.longest().best().candidate(), 5),
                Optional.of(Measured.of(plain, 5.5)), "")), List.of());
        assertThat(format.write(both, directory.resolve("config.json"))).anySatisfy(note -> assertThat(note)
                .isEqualTo("The tables of each layer of the entry for 200, perplexity 5.0000 cannot be expressed: the one for all layers, "
                        + "perplexity 5.5000 is used."));
        assertThat(format.read(directory.resolve("config.json")).forLength(200)).isEqualTo(plain);
        var csv = new CsvFormat("model", TINY, 200, AttentionTemperature.longrope());
        assertThat(csv.write(both, directory.resolve("layers.csv"))).noneMatch(note -> note.contains("each layer"));
        assertThat(csv.read(directory.resolve("layers.csv")).forLength(200).factors().layers()).isEqualTo(2);
        var onlyShort = new FactorTable("model", TINY, List.of(TableEntry.of(100, Measured.unmeasured(plain))), List.of());
        assertThatThrownBy(() -> format.write(onlyShort, directory.resolve("config.json"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must have an entry beyond the original length of 100 tokens");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{}                                                                        | rope_type must be longrope to hold factors, "
                    + "but was default",
            "{\"rope_scaling\":{\"type\":\"yarn\",\"factor\":4}}                       | rope_type must be longrope",
            "{\"rope_scaling\":{\"type\":\"longrope\",\"short_factor\":[1,1]}}         | long_factor must be a list of numbers greater than 0, but was missing",
            "{\"rope_scaling\":{\"type\":\"longrope\",\"long_factor\":[1,0]}}          | long_factor[1] must be a finite number greater than 0, but was 0",
            "{\"rope_scaling\":{\"type\":\"longrope\",\"long_factor\":[-1,2]}}         | long_factor[0] must be a finite number greater than 0, but was -1",
            "{\"rope_scaling\":{\"type\":\"longrope\",\"long_factor\":[1,\"NaN\"]}}    | long_factor[1] must be a finite number greater than 0",
            "{\"rope_scaling\":{\"type\":\"longrope\",\"long_factor\":[1,2],\"short_factor\":[1]}} | short_factor must have 2 factors",
            "{\"head_dim\":8,\"rope_scaling\":{\"type\":\"su\",\"long_factor\":[1,2],\"short_factor\":[1,1]}} | long_factor must have 4 factors",
            "{\"rope_scaling\":{\"type\":\"su\",\"long_factor\":[1,2],\"short_factor\":[1,1]}} | max_position_embeddings must be given",
            "{\"rope_parameters\":{\"rope_type\":\"longrope\",\"long_factor\":[1],\"short_factor\":[1],\"full\":{}}} | must be the same for all layers",
            "{\"rope_scaling\":                                                        | must be valid JSON",
            "{\"rope_scaling\":{\"type\":\"longrope\",\"long_factor\":[1,Infinity]}}    | write 1e30 for a pair that does not turn",
            "{\"a\":1,\"a\":2}                                                         | must be valid JSON",
            "[1]                                                                       | must hold a JSON object, but was array"})
    void brokenConfigsNameFileAndKey(String text, String message) throws IOException {
        var file = file(text);
        assertThatThrownBy(() -> new HuggingFaceFormat(Engine.TRANSFORMERS).read(file)).isInstanceOf(BadInput.class)
                .hasMessageContaining(message).hasMessageStartingWith(file.toString());
    }

    @Test
    void brokenTablesNameFileAndKey() throws IOException {
        new JsonFormat().write(tiny(new Candidate(RescaleFactors.of(1, 2), 0, 1)), directory.resolve("table.json"));
        var good = Files.readString(directory.resolve("table.json"));
        assertBroken(good.replace("\"schema\" : 1", "\"schema\" : 2"),
                "schema must be 1, but was 2; read it with the version that wrote it");
        assertBroken(good.replace("\"schema\"", "\"scheme\""), "schema must be a whole number, but was missing");
        assertBroken(good.replace("2.0", "-2.0"), "entries[0].best.candidate.factors must be greater than 0, but was -2.0");
        assertBroken(good.replace("2.0", "\"two\""), "factors must be numbers or \"Infinity\", but was two");
        assertBroken(good.replace("[ 1.0, 2.0 ]", "[ 1.0 ]"), "entries[0].best.factors must be 2, half the rotary dimension, but was 1");
        assertBroken(good.replace("\"rotaryDim\"", "\"rotaryDims\""), "rotaryDim");
        assertBroken(good.replaceFirst("\"model\"", "\"wheels\": 4, \"model\""),
                "wheels must be a known key, but was wheels; choose one of");
        assertBroken(good.replaceFirst(",\\s*\"provenance\" : \\[ ]", ""), "provenance must be given, but was missing");
    }

    private void assertBroken(String text, String message) throws IOException {
        var file = file(text);
        assertThatThrownBy(() -> new JsonFormat().read(file)).isInstanceOf(BadInput.class).hasMessageContaining(message)
                .hasMessageStartingWith(file.toString());
    }
}
