package io.longrope.search.rope;

import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

class RopeScalingPropertiesTest {

    private static final List<String> BY_LENGTH = List.of("original", "pi", "ntk", "dynamic-ntk", "ntk-mixed", "yarn", "llama3");

    @Property(tries = 200)
    void nothingChangesUpToTheOriginalLength(@ForAll("geometries") RopeGeometry geometry,
            @ForAll @DoubleRange(min = 0, max = 1) double part) {
        int length = Math.max(1, (int) (part * geometry.originalLength()));
        assertThat(BY_LENGTH).allSatisfy(name -> assertThat(Candidate.of(RopeScalings.named(name), geometry, length))
                .isEqualTo(Candidate.original(geometry.pairs())));
    }

    @Property(tries = 200)
    void factorsStayBetweenOneAndTheRatioAndNeverFall(@ForAll("geometries") RopeGeometry geometry,
            @ForAll @IntRange(min = 1, max = 512) int s) {
        int length = s * geometry.originalLength();
        assertThat(List.of("pi", "ntk", "ntk-mixed", "yarn", "llama3")).allSatisfy(name -> {
            var factors = RopeScalings.named(name).factors(geometry, length);
            assertThat(factors.pairs()).isEqualTo(geometry.pairs());
            assertThat(factors.get(0)).isGreaterThanOrEqualTo(1);
            assertThat(factors.max()).isLessThanOrEqualTo(s * (1 + 1e-12));
            assertThat(factors.isMonotone()).isTrue();
        });
    }

    @Property(tries = 100)
    void interpolationStretchesAllAndNtkTheLastByTheRatio(@ForAll("geometries") RopeGeometry geometry,
            @ForAll @IntRange(min = 1, max = 512) int s) {
        int length = s * geometry.originalLength();
        int last = geometry.pairs() - 1;
        assertThat(new PositionInterpolation().factors(geometry, length).layer(0)).containsOnly(s);
        assertThat(new NtkAware().factors(geometry, length).get(0)).isEqualTo(1);
        assertThat(new NtkAware().factors(geometry, length).get(last)).isCloseTo(s, offset(1e-12 * s));
        assertThat(new NtkMixed().factors(geometry, length).get(last)).isCloseTo(s, offset(1e-11 * s));
        assertThat(new DynamicNtk(Extension.fixed(1)).factors(geometry, length)).isEqualTo(new NtkAware().factors(geometry, length));
    }

    @Property(tries = 100)
    void aFixedFactorHoldsAtEveryLength(@ForAll("geometries") RopeGeometry geometry, @ForAll @IntRange(min = 1, max = 100_000) int length) {
        assertThat(List.of("pi", "ntk", "ntk-mixed", "yarn", "llama3")).allSatisfy(name -> assertThat(
                Candidate.of(RopeScalings.named(name + ":factor=8"), geometry, length))
                .isEqualTo(Candidate.of(RopeScalings.named(name), geometry, 8 * geometry.originalLength())));
    }

    @Property(tries = 100)
    void resonantWavelengthsAreWholeNumbers(@ForAll("geometries") RopeGeometry geometry, @ForAll @IntRange(min = 1, max = 64) int s) {
        var factors = new Resonance(new Yarn()).factors(geometry, s * geometry.originalLength());
        assertThat(IntStream.range(0, geometry.pairs()).mapToDouble(i -> factors.get(i) * geometry.wavelength(i)))
                .allSatisfy(wavelength -> assertThat(wavelength).isCloseTo(Math.rint(wavelength), offset(1e-12 * wavelength)));
    }

    @Property(tries = 50)
    void truncatedBasisStopsOnlySlowPairs(@ForAll("geometries") RopeGeometry geometry) {
        var factors = new TruncatedBasis().factors(geometry, 1);
        for (int i = 0; i < geometry.pairs(); i++) {
            assertThat(Double.isInfinite(factors.get(i))).isEqualTo(geometry.wavelength(i) > 8.0 * geometry.originalLength());
        }
    }

    @Example
    void attentionTemperatureHasThePublishedValues() {
        var llama = new RopeGeometry(128, 10_000, 4096);
        assertThat(AttentionTemperature.longrope().factor(llama, 131_072)).isCloseTo(1.190238, offset(5e-7));
        assertThat(AttentionTemperature.yarn().factor(llama, 131_072)).isCloseTo(1.346574, offset(5e-7));
        assertThat(AttentionTemperature.longrope().factor(llama, 4096)).isEqualTo(1);
        assertThat(AttentionTemperature.constant(1.3).factor(llama, 1)).isEqualTo(1.3);
        for (var text : List.of("longrope", "yarn", "none", "1.25")) {
            assertThat(AttentionTemperature.parse(text)).hasToString(text);
        }
        assertThatThrownBy(() -> AttentionTemperature.parse("warm")).isInstanceOf(BadInput.class).hasMessageContaining("warm");
        assertThatThrownBy(() -> AttentionTemperature.parse("-1")).isInstanceOf(BadInput.class);
    }

    @Example
    void shortAndLongTablesSwitchAfterTheOriginalLength() {
        var geometry = new RopeGeometry(4, 10_000, 100);
        var tables = new ShortLongFactors(RescaleFactors.of(1, 1), RescaleFactors.of(2, 8), 1.2);
        assertThat(tables.factors(geometry, 100)).isEqualTo(RescaleFactors.of(1, 1));
        assertThat(tables.factors(geometry, 101)).isEqualTo(RescaleFactors.of(2, 8));
        assertThat(tables.attentionFactor(geometry, 10)).isEqualTo(1.2);
    }

    @Example
    void unknownMethodsAndParametersAreNamedWithAWayOut() {
        assertThat(RopeScalings.names()).containsExactlyElementsOf(RopeScalings.descriptions().keySet());
        assertThat(RopeScalings.names()).allSatisfy(name -> assertThat(RopeScalings.named(name).name()).isEqualTo(name));
        assertThat(RopeScalings.named("linear")).isEqualTo(new PositionInterpolation());
        assertThatThrownBy(() -> RopeScalings.named("yarm")).isInstanceOf(BadInput.class)
                .hasMessage("method must be a known way to scale RoPE, but was yarm; did you mean 'yarn'?");
        assertThatThrownBy(() -> RopeScalings.named("wavelets")).hasMessageContaining("choose one of original, pi");
        assertThatThrownBy(() -> RopeScalings.named("yarn:beta-fats=3")).hasMessageContaining("did you mean 'beta-fast'?");
        assertThatThrownBy(() -> RopeScalings.named("yarn:factor=big")).hasMessageContaining("factor must be a number, but was big");
        assertThatThrownBy(() -> RopeScalings.named("pi:factor=0.5")).isInstanceOf(BadInput.class).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> RopeScalings.named("truncated:factor=2")).hasMessageContaining("the method has none");
        assertThatThrownBy(() -> RopeScalings.named("pi:8")).hasMessageContaining("key=value");
    }

    @Provide
    Arbitrary<RopeGeometry> geometries() {
        return Combinators.combine(Arbitraries.integers().between(2, 96), Arbitraries.of(10_000.0, 500_000.0, 1e6, 1e7),
                        Arbitraries.integers().between(16, 32_768))
                .as((pairs, theta, length) -> new RopeGeometry(2 * pairs, theta, length));
    }
}
