package io.longrope.progressive.driver;

import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.work.LedgerRules;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Runs jobs, several at a time: a slot for each, and one more whenever a job waits for a worker while others could run. */
public final class DriverSlots implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DriverSlots.class);
    /** Slots beside those asked for, each with clients of Kafka: a driver with more jobs that wait takes no others. */
    private static final int MOST_MORE = 16;
    private static final long LOOK_SECONDS = 1;

    private final Settings settings;
    private final DriverPlaces places;
    private final List<DriverSlot> slots = new CopyOnWriteArrayList<>();
    /** As the first of them ended. One future for all: a new one each time somebody looks would be kept by every slot. */
    private final CompletableFuture<Void> anyEnded = new CompletableFuture<>();

    /**
     * @param name tells this driver from others
     * @param jobs at a time, those that wait for a worker not counted
     */
    public record Settings(KafkaSettings kafka, String queue, LedgerRules rules, String name, int jobs) {
    }

    /** None yet. */
    public DriverSlots(Settings settings) {
        this.settings = settings;
        places = new DriverPlaces(settings.jobs);
    }

    /**
     * Runs jobs until one of the slots fails, or the calling thread is interrupted.
     *
     * @param loops makes one for each slot
     */
    public void run(Function<DriverPlaces, JobLoop> loops) throws InterruptedException, ExecutionException {
        while (slots.size() < settings.jobs) {
            add(loops);
        }
        LOG.info("{} waits for jobs on queue {}, {} at a time", settings.name, settings.queue, settings.jobs);
        while (true) {
            try {
                anyEnded.get(LOOK_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                if (slots.size() < settings.jobs + MOST_MORE && places.lackSlot(slots.size())) {
                    addBeside(loops);
                }
            }
        }
    }

    /** Tasks asked for whose results are awaited. */
    public int unanswered() {
        return slots.stream().mapToInt(DriverSlot::unanswered).sum();
    }

    /** Hands their jobs to other drivers, all at once. */
    @Override
    public void close() {
        slots.forEach(DriverSlot::stop);
        slots.forEach(DriverSlot::close);
    }

    /** The jobs that run are more than the one that might: what stands against another slot does not end them. */
    private void addBeside(Function<DriverPlaces, JobLoop> loops) throws InterruptedException {
        try {
            add(loops);
        } catch (RuntimeException e) {
            if (Interrupts.endedWork(e)) {
                throw Interrupts.of(e);
            }
            LOG.warn("no other job is taken beside those that wait, and it is tried again: {}", e.getMessage());
        }
    }

    private void add(Function<DriverPlaces, JobLoop> loops) {
        int number = slots.size() + 1;
        var slot = DriverSlot.start(settings, settings.jobs == 1 && number == 1 ? settings.name : settings.name + "-" + number,
                loops.apply(places));
        slots.add(slot);
        slot.ended().whenComplete((nothing, failure) -> {
            if (failure == null) {
                anyEnded.complete(null);
            } else {
                anyEnded.completeExceptionally(failure);
            }
        });
    }
}
