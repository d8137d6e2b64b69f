package io.longrope.search.evolution.adaptive;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class FeatureColumnTest {

    @Property
    void isTheMaternKernelOfEveryTwoValuesHoweverFarApart(
            @ForAll @Size(9) double @DoubleRange(min = -400, max = 400) [] values,
            @ForAll @DoubleRange(min = -1000, max = 1000) double far) {
        var many = FeatureColumn.of(values);
        var other = FeatureColumn.of(new double[] {far});
        var squares = new double[values.length + 1];
        var alone = new double[values.length + 1];

        many.add(other, 0, values.length, squares, alone, 1);
        many.add(many, 2, 1, squares, alone, 0);

        for (int i = 0; i < values.length; i++) {
            double distance = Math.abs(values[i] - far);
            assertThat(squares[1 + i]).isEqualTo(distance * distance);
            // a value of 350 units is known to 350 times the rounding of 1
            assertThat(alone[1 + i]).isCloseTo((1 + distance) * Math.exp(-distance), within(1e-12));
        }
        assertThat(squares[0]).isEqualTo((values[0] - values[2]) * (values[0] - values[2]));
    }

    @Property
    void isOneWithItself(@ForAll @DoubleRange(min = -1000, max = 1000) double value) {
        var column = FeatureColumn.of(new double[] {value});
        var alone = new double[1];

        column.add(column, 0, 1, new double[1], alone, 0);

        assertThat(alone[0]).isCloseTo(1, within(1e-15));
    }
}
