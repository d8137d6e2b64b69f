package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What every role asks of a cluster before anything else, one step after the other: each needs those before it. All of them, and nothing
 * more, are {@link Topics#prepare}.
 */
public final class FirstContact implements AutoCloseable {

    private final KafkaSettings settings;
    private final List<String> queues;
    private final Admin admin;

    private FirstContact(KafkaSettings settings, Collection<String> queues) {
        this.settings = settings;
        this.queues = List.copyOf(queues);
        admin = Clients.admin(settings);
    }

    /** @throws BadInput when the settings are no client's, or the address is nobody's */
    public static FirstContact open(KafkaSettings settings, Collection<String> queues) {
        return new FirstContact(settings, queues);
    }

    /**
     * Which Kafka it is, in words.
     *
     * @throws BadInput when it does not answer, refuses us or is too old
     */
    public String version() {
        return allowed(() -> ClusterFeatures.require(admin, settings));
    }

    /**
     * Makes the topics and the share groups ready.
     *
     * @throws BadInput when we may not, or one is there that would lose messages
     */
    public void topics() {
        allowed(() -> {
            OldTopics.refuse(admin, settings);
            Topics.make(settings, admin, queues);
            Topics.shared(settings, queues).forEach(topic -> ShareGroups.prepare(admin, topic));
            return null;
        });
    }

    /**
     * Whether the members of the share groups may hold a message for as long as they work on it.
     *
     * @return why that is not known; empty when they may
     * @throws BadInput when a group forbids it
     */
    public Optional<String> renewal() {
        return ShareGroups.requireRenewal(admin, settings, Topics.shared(settings, queues));
    }

    /**
     * Deletes the topics, and the share groups, which must have no member any more.
     *
     * @return why some are left; empty when all are gone
     */
    public Optional<String> remove() {
        try {
            AdminCalls.get(admin.deleteShareGroups(Topics.shared(settings, queues)).all());
            AdminCalls.get(admin.deleteTopics(Topics.names(settings, queues)).all());
            return Optional.empty();
        } catch (KafkaException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private <T> T allowed(Supplier<T> step) {
        try {
            return step.get();
        } catch (AuthorizationException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(),
                    "must let us use the topics and groups " + settings.prefix() + ".*",
                    e.getMessage(), "grant the rights or give another topic prefix"), e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
