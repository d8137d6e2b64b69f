package io.longrope.progressive.cli.look;

import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.DeviceOptions;
import io.longrope.progressive.cli.option.KafkaOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.doctor.DeviceDoctor;
import io.longrope.progressive.doctor.Diagnosis;
import io.longrope.progressive.doctor.DiagnosisTable;
import io.longrope.progressive.doctor.KafkaDoctor;
import io.longrope.progressive.doctor.LibraryDoctor;
import io.longrope.progressive.doctor.MachineDoctor;
import io.longrope.progressive.doctor.ShippedFigures;
import io.longrope.progressive.report.Environment;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code longrope doctor}: what a new machine is asked first. */
@Command(name = "doctor", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Looks whether this machine, a device and a Kafka are in order.",
        footer = {"", "Java, processor, memory; for a GPU its driver, PyTorch with CUDA and the libraries that join it to Java; "
            + "attention, the shipped model's figures against frozen ones, the speed of a layer against a matrix product, "
            + "and what happens when more memory is asked for than there is; for a Kafka its version, share groups, "
            + "renewal, rights, and a task that goes to a worker and comes back, on topics of its own, which are deleted "
            + "again.",
            "Exit 1 when something failed; it is named, with the next command where there is one.",
            "", "Example: ${ROOT-COMMAND-NAME} doctor --device gpu:0 --json doctor.json"})
public final class DoctorCommand implements Callable<Integer> {

    private static final Path MODEL = Path.of(System.getProperty("longrope.home", "."), "evaluator/models/java-1m");

    private final Console console;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private KafkaOptions kafka;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the findings there too, to attach to a report.")
    private Path json;

    @Mixin
    private LogOptions log;

    public DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var named = device.one();
        var findings = new ArrayList<>(new MachineDoctor(Path.of("/")).findings());
        if (named.gpu().isPresent()) {
            var libraries = new LibraryDoctor(System.getenv(), CudaDriver::ask).findings(named);
            findings.addAll(libraries);
            findings.addAll(LibraryDoctor.mayCompute(libraries) ? ofDevice()
                    : List.of(new Diagnosis("device " + named, Diagnosis.State.LEFT_OUT, "needs what failed above")));
        } else {
            findings.addAll(ofDevice());
        }
        var settings = kafka.settings();
        if (settings.isPresent()) {
            findings.addAll(new KafkaDoctor(settings.get()).findings());
        }
        var table = new DiagnosisTable(findings);
        table.print(console.out());
        if (json != null) {
            table.write(json, Environment.here());
        }
        return table.failed().isEmpty() ? 0 : 1;
    }

    private List<Diagnosis> ofDevice() throws InterruptedException {
        try (var session = memory.session(device.present())) {
            return new DeviceDoctor(session, new ShippedFigures(MODEL), System::nanoTime).findings();
        } catch (BadInput e) {
            return List.of(new Diagnosis("device " + device.one(), Diagnosis.State.FAILED, e.getMessage()));
        }
    }
}
