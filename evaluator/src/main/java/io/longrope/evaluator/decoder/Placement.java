package io.longrope.evaluator.decoder;

import io.longrope.search.problem.Require;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Which device has which layers of a model. Hidden states go from one to the next; the first device has the embedding, the last one the
 * final norm and the head.
 *
 * @param shares in the order of the layers
 */
public record Placement(List<Share> shares) {

    /** What one device has. */
    public record Share(Device device, LayerRange layers) {

        public Share {
            Require.present(device, "device");
            Require.present(layers, "layers");
        }

        /** A whole model in the memory of one device. */
        public static Share whole(Device device, int layers) {
            return new Share(device, LayerRange.all(layers));
        }
    }

    public Placement {
        shares = List.copyOf(shares);
        Require.that(!shares.isEmpty() && shares.get(0).layers().from() == 0, "placement", "must begin with layer 0", shares);
        for (int i = 1; i < shares.size(); i++) {
            Require.that(shares.get(i).layers().from() == shares.get(i - 1).layers().to(), "placement", "must have every layer once",
                    shares);
        }
    }

    public static Placement whole(Device device, int layers) {
        return new Placement(List.of(Share.whole(device, layers)));
    }

    public int layers() {
        return shares.get(shares.size() - 1).layers().to();
    }

    /** How many layers are read for each pass. */
    public int streamed() {
        return shares.stream().mapToInt(share -> share.layers().streamed()).sum();
    }

    /** {@code 50 of 80 layers are read from their files for each pass}, and which device has which, where there are several. */
    public String describe() {
        var read = streamed() == 0 ? "" : streamed() + " of " + layers() + " layers are read from their files for each pass";
        var among = shares.size() == 1 ? "" : shares.stream().map(share -> "layers " + share.layers().from() + " to "
                + (share.layers().to() - 1) + " are on " + share.device()).collect(Collectors.joining(", "));
        return read + (read.isEmpty() || among.isEmpty() ? "" : "; ") + among;
    }
}
