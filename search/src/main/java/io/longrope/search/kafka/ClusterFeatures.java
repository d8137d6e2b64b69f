package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.server.common.MetadataVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Arrays;
import java.util.Map;

/** First contact with a cluster: does it answer, and is it new enough. */
final class ClusterFeatures {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterFeatures.class);

    /** The metadata version that Kafka 4.2 brought, the first whose share groups can renew a lock. */
    private static final int KAFKA_4_2 = 29;
    private static final int CONTACT_MILLIS = 30_000;
    /** A cluster that is there answers within this time; with the start of a process it is some three seconds until a person reads. */
    private static final int QUIET_MILLIS = 2000;
    private static final String UPGRADE =
            "upgrade the cluster to Kafka 4.2 and finish with kafka-features.sh upgrade --release-version 4.2, "
            + "or start one with 'longrope broker'";

    private ClusterFeatures() {
    }

    /** What it offers, in words. */
    static String require(Admin admin, KafkaSettings settings) {
        try {
            var features = admin.describeFeatures(new DescribeFeaturesOptions().timeoutMs(patience(settings))).featureMetadata();
            return check(AdminCalls.get(features, QUIET_MILLIS, () -> tellOfSilence(settings)).finalizedFeatures(), settings);
        } catch (AuthenticationException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must accept our credentials", e.getMessage(),
                    "check the security settings of the command config"), e);
        } catch (TimeoutException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must answer", "silent",
                    KafkaFaults.adviceOnSilence(settings)), e);
        } catch (UnsupportedVersionException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must be version 4.2 or newer", e.getMessage(), UPGRADE), e);
        }
    }

    /** Whoever waits at a terminal is to know for what, and for how long. */
    private static void tellOfSilence(KafkaSettings settings) {
        LOG.warn("Kafka at {} does not answer yet: this tries it for {}", settings.bootstrap(),
                Plural.of(Math.max(1, patience(settings) / 1000), "second"));
    }

    /** In milliseconds: half of what Kafka would wait, unless its setting is given. */
    private static int patience(KafkaSettings settings) {
        var given = settings.client().get(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG);
        // that it is a number the admin client has seen when it was made
        return given == null ? CONTACT_MILLIS : Integer.parseInt(given.strip());
    }

    static String check(Map<String, FinalizedVersionRange> features, KafkaSettings settings) {
        int share = level(features, "share.version");
        int metadata = level(features, "metadata.version");
        if (share < 1 || metadata < KAFKA_4_2) {
            throw new BadInput("Kafka at " + settings.bootstrap(), "must offer share groups with renewal, so be version 4.2 or newer",
                    "share.version=" + share + " and metadata.version=" + metadata, UPGRADE);
        }
        return release(metadata) + ", share groups with renewal (metadata.version=" + metadata + ", share.version=" + share + ")";
    }

    /** A cluster may be newer than this client. */
    private static String release(int metadata) {
        return Arrays.stream(MetadataVersion.values()).filter(version -> version.featureLevel() == metadata).findFirst()
                .map(MetadataVersion::shortVersion).orElse("newer than " + MetadataVersion.latestProduction().shortVersion());
    }

    private static int level(Map<String, FinalizedVersionRange> features, String name) {
        var range = features.get(name);
        return range == null ? 0 : range.maxVersionLevel();
    }
}
