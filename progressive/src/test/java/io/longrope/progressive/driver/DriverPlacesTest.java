package io.longrope.progressive.driver;

import io.longrope.search.work.TaskClass;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class DriverPlacesTest {

    private static final Waiting WAITING = new Waiting(TaskClass.SCORE, "look at model m", Map.of("w", "m must exist"), 0);

    private final DriverPlaces places = new DriverPlaces(1);

    @Test
    void anotherJobHasThePlaceOfOneThatWaits() throws Exception {
        var waiting = places.take();
        waiting.occupy();
        assertThat(places.lackSlot(1)).as("it runs").isFalse();
        var listener = waiting.before(WaitListener.NONE);
        listener.waits(WAITING);
        listener.waits(WAITING);
        assertThat(places.lackSlot(1)).isTrue();
        assertThat(places.lackSlot(2)).as("one looks for a job").isFalse();
        var other = places.take();
        other.occupy();
        assertThat(places.lackSlot(2)).as("once told or twice it is one place").isFalse();
        listener.goesOn();
        other.close();
        assertThat(places.lackSlot(1)).as("the first has its place again").isFalse();
        waiting.close();
        listener.waits(WAITING);
        places.take().occupy();
        assertThat(places.lackSlot(1)).as("what has left the driver gives nothing").isFalse();
    }

    @Test
    void aSlotWaitsUntilAPlaceIsFree() throws Exception {
        var held = places.take();
        var next = CompletableFuture.supplyAsync(() -> {
            try {
                return places.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(next).isNotDone();
        held.close();
        next.get().close();
        places.take();
    }
}
