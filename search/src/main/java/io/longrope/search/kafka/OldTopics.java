package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import org.apache.kafka.clients.admin.Admin;

import java.util.List;
import java.util.TreeSet;

/**
 * Topics of builds that kept scores where results are kept now. Their jobs cannot be gone on with, and to begin them anew unasked would
 * cost somebody days of a cluster.
 */
final class OldTopics {

    private OldTopics() {
    }

    /**
     * To be called before any topic is made.
     *
     * @throws BadInput when there are some under our prefix
     */
    static void refuse(Admin admin, KafkaSettings settings) {
        var there = new TreeSet<>(AdminCalls.get(admin.listTopics().names()));
        var old = there.stream().filter(topic -> isOld(topic, settings.prefix())).toList();
        if (old.isEmpty()) {
            return;
        }
        // jobs and events are written otherwise now, too
        var alongside = List.of(settings.jobs(), settings.events()).stream().filter(there::contains).toList();
        throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must hold no topics of an older longrope",
                String.join(", ", old), "let their jobs end, or cancel them, with the longrope that made them; then delete these topics"
                + (alongside.isEmpty() ? "" : " and " + String.join(", ", alongside)) + ", or give another --topic-prefix"));
    }

    private static boolean isOld(String topic, String prefix) {
        return topic.equals(prefix + ".scores") || topic.startsWith(prefix + ".evaluations.");
    }
}
