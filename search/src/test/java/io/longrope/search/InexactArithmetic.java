package io.longrope.search;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;

import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;

/** Calls whose last bits may differ between processors and releases of Java. */
public final class InexactArithmetic {

    private static final Set<String> EXACT = Set.of("abs", "min", "max", "sqrt", "floor", "ceil", "rint", "round", "signum", "floorDiv",
            "floorMod", "addExact", "subtractExact", "multiplyExact", "toIntExact", "clamp", "ulp", "fma", "PI", "E");
    private static final Set<String> SUMS = Set.of("sum", "average", "summaryStatistics");

    public static final DescribedPredicate<JavaAccess<?>> IS_CALLED = DescribedPredicate.describe(
            "Math is not exact, gaussians of the library, or sums of streams", access -> {
                var owner = access.getTargetOwner();
                var name = access.getName();
                return owner.isEquivalentTo(Math.class) && !EXACT.contains(name)
                        || owner.isAssignableTo(RandomGenerator.class) && name.equals("nextGaussian")
                        || owner.isEquivalentTo(DoubleStream.class) && SUMS.contains(name);
            });

    private InexactArithmetic() {
    }
}
