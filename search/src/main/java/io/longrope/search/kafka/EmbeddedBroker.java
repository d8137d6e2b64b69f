package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * A real single-node Kafka (broker and controller) inside this JVM. Its state lives in one directory and survives
 * restarts and crashes.
 *
 * <p>It is silent when the loggers {@code kafka}, {@code org.apache.kafka}, {@code state.change.logger} and
 * {@code LogFutureTimestampLogger} are at ERROR; the last one warns of a clock that is behind by a millisecond.
 * A fatal fault of the broker (a disk that fails under it) halts the whole JVM: that is Kafka's own rule. {@link BrokerEnd}
 * tells why.
 */
public final class EmbeddedBroker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
    private static final String LOCAL = "127.0.0.1";
    private static final Set<String> ANYWHERE = Set.of("0.0.0.0", "::", "[::]");

    private final BrokerDirectory directory;
    private final KafkaRaftServer server;
    private final String bootstrap;

    private EmbeddedBroker(BrokerDirectory directory, KafkaRaftServer server, String bootstrap) {
        this.directory = directory;
        this.server = server;
        this.bootstrap = bootstrap;
    }

    /** As {@link #start(Path, String, int, Map)}, reachable from this machine only. */
    public static EmbeddedBroker start(Path directory, int port) {
        return start(directory, LOCAL, port, Map.of());
    }

    /**
     * Returns once clients can connect: two to four seconds in a cold JVM.
     *
     * @param directory  created when missing
     * @param host       the address to listen on, which must also be the one clients reach it at
     * @param port       0 for any free port
     * @param properties Kafka broker settings that win over the built-in ones
     * @throws BadInput when the port is taken, or the directory cannot be used or belongs to another running broker
     */
    public static EmbeddedBroker start(Path directory, String host, int port, Map<String, String> properties) {
        return start(directory, host, port, properties, List.of());
    }

    /** @param users SCRAM users of a new directory, such as {@code SCRAM-SHA-256=[name=alice,password=secret]} */
    static EmbeddedBroker start(Path directory, String host, int port, Map<String, String> properties, List<String> users) {
        Require.that(!ANYWHERE.contains(host), "broker host", "must be the address clients reach it at", host,
                "give this machine's name or address");
        var place = bracketed(host);
        int clientPort = claim(host, port);
        var held = BrokerDirectory.open(directory, users);
        BrokerEnd.isToldOf(directory);
        try {
            var settings = BrokerSettings.of(held, place, clientPort, unlike(clientPort, () -> claim(LOCAL, 0)));
            settings.putAll(properties);
            var server = startServer(new KafkaConfig(settings));
            LOG.debug("broker in {} listens on {}:{}", directory, place, clientPort);
            return new EmbeddedBroker(held, server, place + ":" + clientPort);
        } catch (RuntimeException e) {
            release(held);
            throw explained(e, directory, host, clientPort);
        }
    }

    /** The address clients connect to, host:port. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Stops it cleanly; everything stored is there again at the next start. Half a second. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        release(directory);
    }

    private static void release(BrokerDirectory directory) {
        BrokerEnd.isOver(directory.path());
        directory.close();
    }

    /** An address of IPv6 stands in brackets where a port follows it. */
    private static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static KafkaRaftServer startServer(KafkaConfig config) {
        var server = new KafkaRaftServer(config, Time.SYSTEM);
        try {
            server.startup();
            return server;
        } catch (RuntimeException e) {
            shutdownAfter(e, server);
            throw e;
        }
    }

    private static void shutdownAfter(RuntimeException failure, KafkaRaftServer server) {
        try {
            server.shutdown();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** A port claimed is free again until Kafka listens there, so the next claim may be given the same one. */
    static int unlike(int taken, IntSupplier claims) {
        int port = claims.getAsInt();
        while (port == taken) {
            port = claims.getAsInt();
        }
        return port;
    }

    /** Kafka takes seconds to find a port taken, so it is tried first; Kafka's own failure covers a port lost in between. */
    private static int claim(String host, int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw portProblem(host, port, e);
        } catch (IllegalArgumentException e) {
            throw new BadInput("port", "must be between 0 and 65535", port, "");
        }
    }

    private static BadInput portProblem(String host, int port, Throwable cause) {
        return new BadInput(new Problem("port " + port, "must be free on " + host, message(cause),
                "give another port, 0 for any free one, or stop the program that listens there"), cause);
    }

    private static RuntimeException explained(RuntimeException failure, Path directory, String host, int port) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            var text = message(cause);
            if (cause instanceof BindException || text.contains("failed to bind")) {
                return portProblem(host, port, cause);
            }
            if (text.contains("Failed to acquire lock")) {
                return BrokerDirectory.inUse(directory);
            }
        }
        return failure;
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
