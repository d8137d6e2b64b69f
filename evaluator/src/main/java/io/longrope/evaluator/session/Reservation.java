package io.longrope.evaluator.session;

import io.longrope.evaluator.decoder.Device;

/** Memory of a device that is set aside until this is closed. Only a session gives it, so nothing is loaded without a plan. */
public final class Reservation implements AutoCloseable {

    private final Device device;
    private Runnable closing;

    Reservation(Device device, Runnable closing) {
        this.device = device;
        this.closing = closing;
    }

    public Device device() {
        return device;
    }

    @Override
    public synchronized void close() {
        closing.run();
        closing = () -> { };
    }
}
