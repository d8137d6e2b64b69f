package io.longrope.evaluator.decoder;

import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

/**
 * Whether the engine that the environment names loads and computes, in a process of its own: an engine is loaded once in a process, and
 * libraries that do not fit each other may end it.
 */
public final class EngineTrial {

    /** What the last line begins with when all went well; the engine's version follows. */
    public static final String COMPUTES = "computes: PyTorch ";

    private static final int WIDTH = 64;
    private static final double NEAR = 2e-2;

    private EngineTrial() {
    }

    /** @param arguments the device */
    public static void main(String[] arguments) {
        var device = Device.parse("device", arguments[0]);
        double difference = new AttentionTrial(Precision.BF16, WIDTH, 0).difference(device);
        Require.that(difference <= NEAR, "attention on " + device, "must be at most " + NEAR + " beside the CPU's", difference);
        device.freeCaches();
        System.out.println(COMPUTES + Script.engine().getVersion());
    }
}
