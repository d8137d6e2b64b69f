package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeFeaturesOptions;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.server.common.MetadataVersion;

import java.util.Arrays;
import java.util.Map;

/** First contact with a cluster: does it answer, and is it new enough. */
final class ClusterFeatures {

    /** The metadata version that Kafka 4.2 brought, the first whose share groups can renew a lock. */
    private static final int KAFKA_4_2 = 29;
    private static final int CONTACT_MILLIS = 30_000;
    private static final String UPGRADE =
            "upgrade the cluster to Kafka 4.2 and finish with kafka-features.sh upgrade --release-version 4.2, "
            + "or start one with 'longrope broker'";

    private ClusterFeatures() {
    }

    /** What it offers, in words. */
    static String require(Admin admin, KafkaSettings settings) {
        try {
            return check(AdminCalls.get(admin.describeFeatures(contact(settings)).featureMetadata()).finalizedFeatures(), settings);
        } catch (AuthenticationException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must accept our credentials", e.getMessage(),
                    "check the security settings of the command config"), e);
        } catch (TimeoutException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must answer", "silent",
                    "check the address, that it runs, and that security.protocol fits its listener"), e);
        } catch (UnsupportedVersionException e) {
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must be version 4.2 or newer", e.getMessage(), UPGRADE), e);
        }
    }

    /** Half of what Kafka would wait, unless its setting is given. */
    private static DescribeFeaturesOptions contact(KafkaSettings settings) {
        var options = new DescribeFeaturesOptions();
        return settings.client().containsKey(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG) ? options : options.timeoutMs(CONTACT_MILLIS);
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
