package io.longrope.evaluator.facts;

import io.longrope.search.problem.Require;

import java.util.OptionalLong;

/**
 * What a worker computes on.
 *
 * @param worker its name
 * @param device cpu, or gpu and its number; several with commas between them share the layers of a model
 * @param name   of the product, as far as it is known
 * @param memory bytes a task may take of each of them; empty when unknown
 */
public record DeviceFacts(String worker, String device, String name, OptionalLong memory) {

    public DeviceFacts {
        Require.notBlank(worker, "device.worker");
        Require.notBlank(device, "device.device");
        Require.present(name, "device.name");
        Require.present(memory, "device.memory");
    }
}
