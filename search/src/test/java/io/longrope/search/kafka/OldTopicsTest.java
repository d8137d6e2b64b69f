package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OldTopicsTest {

    private final KafkaSettings settings = KafkaSettings.at(TestBroker.bootstrap());
    private final Admin admin = Clients.admin(settings);

    @AfterEach
    void close() {
        admin.close();
    }

    @Test
    void topicsOfAnOlderBuildAreRefusedInOneLineThatSaysWhatToDo() {
        create("old.jobs", "old.events", "old.tables", "old.workers", "old.scores", "old.evaluations.default", "old.evaluations.gpu");
        assertThatThrownBy(() -> OldTopics.refuse(admin, settings.withPrefix("old"))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must hold no topics of an older longrope, but was old.evaluations.default, old.evaluations.gpu, "
                        + "old.scores; let their jobs end, or cancel them, with the longrope that made them; then delete these topics and "
                        + "old.jobs, old.events, or give another --topic-prefix")
                .hasMessageNotContaining("\n");
    }

    @Test
    void eachOldTopicAloneIsEnough() {
        create("scored.scores", "asked.evaluations.q");
        for (var prefix : new String[] {"scored", "asked"}) {
            assertThatThrownBy(() -> OldTopics.refuse(admin, settings.withPrefix(prefix))).isInstanceOf(BadInput.class);
        }
    }

    @Test
    void topicsOfOthersAndOfThisBuildAreNot() {
        create("theirs.scores", "theirs.evaluations.q", "ours.jobs", "ours.events", "ours.results", "ours.job-states",
                "ours.tasks.evaluations.score", "ours-too.scores", "ours.scores-of-something");
        assertThatCode(() -> OldTopics.refuse(admin, settings.withPrefix("ours"))).doesNotThrowAnyException();
        assertThatCode(() -> OldTopics.refuse(admin, settings.withPrefix("nobody"))).doesNotThrowAnyException();
    }

    /** And waits until the broker lists them, which it does a moment later. */
    private void create(String... topics) {
        AdminCalls.get(admin.createTopics(Arrays.stream(topics).map(topic -> new NewTopic(topic, 1, (short) 1)).toList()).all());
        while (!AdminCalls.get(admin.listTopics().names()).containsAll(List.of(topics))) {
            Thread.onSpinWait();
        }
    }
}
