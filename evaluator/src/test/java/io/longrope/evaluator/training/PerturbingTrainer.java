package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.search.table.JsonFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A training program as a user would bring one, in a process of its own: moves every weight a little. */
public final class PerturbingTrainer {

    private PerturbingTrainer() {
    }

    /** @param arguments how it ends, and the placeholders it was given */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var environment = System.getenv();
        var output = Path.of(environment.get("LONGROPE_OUTPUT"));
        var behaviour = arguments[0];
        System.out.println("table for " + new JsonFormat().read(Path.of(environment.get("LONGROPE_TABLE"))).longest().length() + ", steps "
                + arguments[1] + ", seed " + environment.get("LONGROPE_SEED")
                + ", windows begin with " + environment.get("LONGROPE_START_TOKEN"));
        System.out.print("progress 1\rprogress 2\r\n");
        var before = output.resolve("half-way");
        boolean resumed = Files.exists(before);
        Files.writeString(before, "1");
        switch (behaviour) {
            case "fail" -> System.exit(3);
            case "fail-once" -> {
                System.out.println(resumed ? "goes on" : "breaks off");
                if (!resumed) {
                    System.exit(137);
                }
                train(environment, output, 1e-3f, 1);
            }
            case "hang" -> {
                var child = new ProcessBuilder("sleep", "600").start();
                System.out.println("child " + child.pid());
                Thread.sleep(600_000);
            }
            case "nothing" -> System.out.println("wrote nothing");
            case "nan" -> train(environment, output, Float.NaN, 1);
            case "shape" -> train(environment, output, 1e-3f, 2);
            case "train" -> train(environment, output, 1e-3f, 1);
            default -> throw new IllegalArgumentException(behaviour);
        }
    }

    /** @param columns factor on the last dimension of norms: another shape than config.json says */
    private static void train(Map<String, String> environment, Path output, float size, int columns) throws IOException {
        var checkpoint = Checkpoint.open(Path.of(environment.get("LONGROPE_MODEL")));
        var random = new Random(Long.parseLong(environment.get("LONGROPE_SEED")));
        List<SafetensorsWriter.Source> tensors = new ArrayList<>();
        for (var name : checkpoint.names()) {
            var tensor = checkpoint.tensor(name);
            var shape = tensor.shape();
            int factor = shape.length == 1 ? columns : 1;
            shape[shape.length - 1] *= factor;
            var values = tensor.toFloats();
            var moved = new float[values.length * factor];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = values[i % values.length] + size * (float) random.nextGaussian();
            }
            tensors.add(new SafetensorsWriter.Source(name, shape, () -> moved));
        }
        var fresh = output.resolve("fresh");
        CheckpointWriter.write(fresh, checkpoint.config(), DataType.BF16, tensors, Map.of());
        for (var name : List.of("config.json", "model.safetensors")) {
            Files.move(fresh.resolve(name), output.resolve(name));
        }
        Files.delete(fresh);
    }
}
