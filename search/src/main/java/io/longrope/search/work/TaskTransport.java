package io.longrope.search.work;

import java.util.Set;

/** How a driver's deliveries reach the workers. */
public interface TaskTransport {

    /** Puts a delivery into the queue of its class. Need not be durable when this returns, but will be. */
    void queue(Delivery delivery);

    /** Nobody waits for the deliveries of these runs any more. */
    void withdraw(Set<String> runs);
}
