package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.AttentionCall;
import io.longrope.evaluator.decoder.Device;
import io.longrope.search.work.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What stands in the dictionaries of all layers of a model so that a device takes its call of attention; the keys are decoder.py.txt's. */
public final class DeviceAttention {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceAttention.class);
    /** Lines that have been said: which call runs is said once in a process, whatever the number of models. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private DeviceAttention() {
    }

    /** For scoring and generating. */
    public static Map<String, PtNDArray> ofPasses(PtNDManager manager, Device device, ModelConfig config, Precision precision) {
        return device.attention(precision).map(call -> of(manager, device, config, precision, call)).orElse(Map.of());
    }

    /** For training. */
    public static Map<String, PtNDArray> ofTraining(PtNDManager manager, Device device, ModelConfig config, Precision precision) {
        return device.attention(precision).map(call -> of(manager, device, config, precision, call.forTraining())).orElse(Map.of());
    }

    private static Map<String, PtNDArray> of(PtNDManager manager, Device device, ModelConfig config, Precision precision,
            AttentionCall call) {
        var line = said(device, config.headDim(), precision, call);
        if (SAID.add(line)) {
            LOG.info("{}", line);
        }
        return dictionary(manager, call);
    }

    /** FlashAttention is what a dictionary without an entry asks for. */
    public static Map<String, PtNDArray> dictionary(PtNDManager manager, AttentionCall call) {
        return call == AttentionCall.FLASH ? Map.of() : Map.of(call.key(), TrainedAttention.size(manager, 1));
    }

    static String said(Device device, int headWidth, Precision precision, AttentionCall call) {
        return "attention on " + device + " in " + precision.name().toLowerCase(Locale.ROOT) + ", heads of " + headWidth + ": "
                + call.taken(precision, headWidth).label();
    }
}
