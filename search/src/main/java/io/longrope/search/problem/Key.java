package io.longrope.search.problem;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A setting that people give, in a plan or as an option: everything about it that is not its type, said once. Reading, checking,
 * writing, help and documentation come from it. The name is that of the component, with dashes.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {

    /** What it means, in one sentence; empty for {@link #flat}. */
    String value() default "";

    /** Where the name is not that of the component. */
    String name() default "";

    /**
     * The value where none is given, as YAML. Empty: it must be given, or is left out where the component is optional. After
     * {@code =} stands, in words, which other keys it follows from.
     */
    String byDefault() default "";

    /** How the value is written, where its type does not say it alone: {@code length}, {@code name}, {@code method} and the like. */
    String form() default "";

    double atLeast() default Double.NEGATIVE_INFINITY;

    double above() default Double.NEGATIVE_INFINITY;

    double atMost() default Double.POSITIVE_INFINITY;

    double below() default Double.POSITIVE_INFINITY;

    /** The component is a record whose keys stand among those around it. */
    boolean flat() default false;
}
