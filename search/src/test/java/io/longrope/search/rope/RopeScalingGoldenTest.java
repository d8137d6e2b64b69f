package io.longrope.search.rope;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

/**
 * Every method against figures frozen by {@code freeze_rope_scalings.py}: those of {@code transformers} from its own
 * functions run in double precision, the others from the papers' formulas.
 */
class RopeScalingGoldenTest {

    private static final double RELATIVE = 1e-12;

    private final JsonNode golden = golden();

    @TestFactory
    Stream<DynamicTest> factorsAgreeWithTheReference() {
        return rows("rows").map(row -> DynamicTest.dynamicTest(title(row), () -> assertAgrees(scaling(row), row)));
    }

    @Test
    void longropeAttentionFactorAgreesWithTransformers() {
        assertThat(rows("longropeAttention")).hasSizeGreaterThan(10).allSatisfy(row -> assertThat(
                AttentionTemperature.longrope().factor(geometry(row), row.get("factor").asDouble()))
                .isCloseTo(row.get("attentionFactor").asDouble(), offset(RELATIVE)));
    }

    @Test
    void lessUsedParametersOfYarnAgreeWithTransformers() {
        var rows = rows("yarnVariants").toList();
        var fixed = Extension.fixed(40);
        var variants = List.of(
                new Yarn(fixed, 32, 1, true, 1, 0.8, OptionalDouble.empty()),
                new Yarn(fixed, 32, 1, true, 0.707, 0.707, OptionalDouble.empty()),
                new Yarn(fixed, 32, 1, false, 0, 0, OptionalDouble.empty()),
                new Yarn(fixed, 32, 1, true, 0, 0, OptionalDouble.of(1.25)));
        assertThat(rows).hasSameSizeAs(variants);
        for (int i = 0; i < rows.size(); i++) {
            assertAgrees(variants.get(i), rows.get(i));
        }
    }

    private static void assertAgrees(RopeScaling scaling, JsonNode row) {
        var geometry = geometry(row);
        int length = row.get("length").asInt();
        var factors = scaling.factors(geometry, length);
        assertThat(factors.pairs()).isEqualTo(row.get("factors").size());
        for (int i = 0; i < factors.pairs(); i++) {
            double expected = row.get("factors").get(i).isTextual() ? Double.POSITIVE_INFINITY : row.get("factors").get(i).asDouble();
            assertThat(factors.get(i)).as("factor %d", i)
                    .satisfies(actual -> assertThat(actual == expected || Math.abs(actual / expected - 1) <= RELATIVE)
                            .as("%s is %s", actual, expected).isTrue());
        }
        assertThat(scaling.attentionFactor(geometry, length)).isCloseTo(row.get("attentionFactor").asDouble(), offset(RELATIVE));
    }

    private static RopeScaling scaling(JsonNode row) {
        var name = row.get("method").asText();
        if (name.endsWith("+resonance")) {
            return new Resonance(RopeScalings.named(name.substring(0, name.indexOf('+'))));
        }
        var parameters = row.get("parameters").asText();
        return RopeScalings.named(parameters.isEmpty() ? name : name + ":" + parameters);
    }

    private static RopeGeometry geometry(JsonNode row) {
        return new RopeGeometry(row.get("rotaryDim").asInt(), row.get("theta").asDouble(), row.get("originalLength").asInt());
    }

    private static String title(JsonNode row) {
        return row.get("method").asText() + " " + row.get("parameters").asText() + " " + geometry(row) + " at " + row.get("length");
    }

    private Stream<JsonNode> rows(String key) {
        return StreamSupport.stream(golden.get(key).spliterator(), false);
    }

    private static JsonNode golden() {
        try (var in = RopeScalingGoldenTest.class.getResourceAsStream("rope-scalings.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new AssertionError("rope-scalings.json cannot be read", e);
        }
    }
}
