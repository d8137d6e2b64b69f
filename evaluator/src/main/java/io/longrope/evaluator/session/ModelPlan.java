package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.LayerRange;
import io.longrope.evaluator.decoder.Placement;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How a use of a model goes on some devices: which has which layers, how many of them stay in its memory, and what memory each gives. A
 * dry run, a driver that is given a job, and a worker that opens the model make the same plan of the same devices.
 *
 * @param placement which device has which layers
 * @param memory    of each of these devices, in their order
 * @param bytesRead weights read from files for a pass, in the precision they are computed in
 */
public record ModelPlan(Placement placement, List<MemoryPlan> memory, long bytesRead) {

    public ModelPlan {
        memory = List.copyOf(memory);
        Require.that(memory.size() == placement.shares().size(), "memory plans", "must be one for each device", memory.size());
    }

    /**
     * All layers in memory where they fit; else, if the use can go so, with as few of them read for each pass as it takes. Devices have
     * layers in proportion to how many they hold. What fits in no way is planned with all layers in memory, for {@link #requireFits} to
     * refuse.
     *
     * @param devices   at least 1; a use that does not spread has the first one only
     * @param available bytes of each of them
     */
    public static ModelPlan of(List<Device> devices, List<Long> available, ModelConfig model, Precision precision, int chunk,
            ModelUse use) {
        Require.that(!devices.isEmpty() && devices.size() == available.size(), "devices", "must be given with their memory", devices);
        int used = use.spreads() ? Math.min(devices.size(), model.layers()) : 1;
        return new Planner(devices.subList(0, used), available.subList(0, used), model, precision, chunk, use).plan();
    }

    private record Planner(List<Device> devices, List<Long> available, ModelConfig model, Precision precision, int chunk, ModelUse use) {

        private ModelPlan plan() {
            var resident = shares();
            var whole = plan(resident);
            if (whole.fits(available) || !use.streams()) {
                return whole;
            }
            var streamed = plan(IntStream.range(0, resident.size())
                    .mapToObj(i -> fewestStreamed(resident.get(i), available.get(i))).toList());
            return streamed.fits(available) ? streamed : whole;
        }

        private List<Placement.Share> shares() {
            if (devices.size() == 1) {
                return List.of(Placement.Share.whole(devices.get(0), model.layers()));
            }
            var held = IntStream.range(0, devices.size()).mapToLong(this::held).toArray();
            long all = LongStream.of(held).sum();
            var shares = new ArrayList<Placement.Share>();
            long before = 0;
            int from = 0;
            for (int i = 0; i < devices.size(); i++) {
                before += all == 0 ? 1 : held[i];
                int upTo = (int) (model.layers() * before / (all == 0 ? devices.size() : all));
                // each has at least one
                int to = Math.max(from + 1, Math.min(upTo, model.layers() - (devices.size() - 1 - i)));
                shares.add(new Placement.Share(devices.get(i), new LayerRange(from, to - from, 0)));
                from = to;
            }
            return shares;
        }

        /** The most layers that one of several devices has room for: of these the first has the model's one end, the last the other. */
        private int held(int device) {
            boolean first = device == 0;
            boolean last = device == devices.size() - 1;
            for (int layers = model.layers() - (first || last ? 1 : 2); layers > 0; layers--) {
                var range = new LayerRange(first ? 0 : last ? model.layers() - layers : 1, layers, 0);
                if (memory(new Placement.Share(devices.get(device), range)).total() <= available.get(device)) {
                    return layers;
                }
            }
            return 0;
        }

        private Placement.Share fewestStreamed(Placement.Share share, long room) {
            var layers = share.layers();
            return IntStream.rangeClosed(0, layers.count())
                    .mapToObj(read -> new Placement.Share(share.device(), new LayerRange(layers.from(), layers.count(), read)))
                    .filter(tried -> memory(tried).total() <= room).findFirst().orElse(share);
        }

        private MemoryPlan memory(Placement.Share share) {
            return MemoryPlan.of(share, model, precision, chunk, use);
        }

        private ModelPlan plan(List<Placement.Share> shares) {
            return at(new Placement(shares), model, precision, chunk, use);
        }
    }

    /** With layers where they are already. */
    static ModelPlan at(Placement placement, ModelConfig model, Precision precision, int chunk, ModelUse use) {
        var memory = placement.shares().stream().map(share -> MemoryPlan.of(share, model, precision, chunk, use)).toList();
        return new ModelPlan(placement, memory, placement.streamed() * PassMemory.layerBytes(model, precision));
    }

    public boolean fits(List<Long> available) {
        return IntStream.range(0, memory.size()).allMatch(i -> memory.get(i).total() <= available.get(i));
    }

    /** @throws io.longrope.search.problem.BadInput when a device has less than it is to give */
    public void requireFits(List<Long> available) {
        for (int i = 0; i < memory.size(); i++) {
            memory.get(i).requireFits(available.get(i));
        }
    }

    public ModelUse use() {
        return memory.get(0).use();
    }

    /** Of the device that gives most. */
    public MemoryPlan largest() {
        return memory.stream().max(Comparator.comparingLong(MemoryPlan::total)).orElseThrow();
    }

    /** Bytes of the device that gives most. */
    public long most() {
        return largest().total();
    }

    /** Such uses of one model that fit beside each other: at least 1, as {@link #requireFits} has been asked. */
    public int besideEachOther(List<Long> available) {
        return IntStream.range(0, memory.size())
                .map(i -> (int) Math.min(Integer.MAX_VALUE, 1 + (available.get(i) - memory.get(i).total()) / memory.get(i).own())).min()
                .orElseThrow();
    }

    /** One line for each device. */
    public String describe() {
        var where = placement.describe();
        return memory.stream().map(MemoryPlan::describe).collect(Collectors.joining("; ")) + (where.isEmpty() ? "" : "; " + where);
    }
}
