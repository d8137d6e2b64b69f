package io.longrope.evaluator.session;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Bytes of each device of a session.
 *
 * @param bytes in the order of the devices; those left out at the end give none
 */
record Amounts(List<Long> bytes) {

    static final Amounts NONE = new Amounts(List.of());

    Amounts {
        bytes = List.copyOf(bytes);
    }

    static Amounts ofFirst(long bytes) {
        return new Amounts(List.of(bytes));
    }

    static Amounts each(int devices, long bytes) {
        return new Amounts(Collections.nCopies(devices, bytes));
    }

    /** Of a use alone. */
    static Amounts own(ModelPlan plan) {
        return new Amounts(plan.memory().stream().map(MemoryPlan::own).toList());
    }

    /** Of what several uses share. */
    static Amounts weights(ModelPlan plan) {
        return new Amounts(plan.memory().stream().map(memory -> memory.bytes(MemoryPlan.Part.WEIGHTS)).toList());
    }

    Amounts plus(Amounts other) {
        return sum(other, 1);
    }

    Amounts minus(Amounts other) {
        return sum(other, -1);
    }

    private Amounts sum(Amounts other, int sign) {
        var sums = new ArrayList<Long>();
        for (int i = 0; i < Math.max(bytes.size(), other.bytes.size()); i++) {
            sums.add(at(i) + sign * other.at(i));
        }
        return new Amounts(sums);
    }

    private long at(int device) {
        return device < bytes.size() ? bytes.get(device) : 0;
    }

    /** @param available of each device */
    boolean fits(List<Long> available) {
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.get(i) > available.get(i)) {
                return false;
            }
        }
        return true;
    }
}
