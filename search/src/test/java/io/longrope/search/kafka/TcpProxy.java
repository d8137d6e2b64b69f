package io.longrope.search.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A cable that can be cut: connections stay open on both sides and nothing comes through, as when a switch loses power. Mended,
 * old connections are dead and new ones work.
 */
final class TcpProxy implements AutoCloseable {

    private final ServerSocket door;
    private final int target;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private volatile boolean cut;
    private volatile boolean closed;

    private TcpProxy(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
    }

    /** Listens on a port of this machine and leads to another. */
    static TcpProxy between(int port, int target) throws IOException {
        var proxy = new TcpProxy(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()), target);
        daemon(proxy::accept);
        return proxy;
    }

    void cut() {
        cut = true;
    }

    void mend() throws IOException {
        closeAll();
        cut = false;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        door.close();
        closeAll();
    }

    private void accept() {
        while (!closed) {
            try {
                var client = door.accept();
                sockets.add(client);
                if (!cut) {
                    var server = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.add(server);
                    daemon(() -> copy(client, server));
                    daemon(() -> copy(server, client));
                }
            } catch (IOException e) {
                if (!closed) {
                    throw new AssertionError("the proxy cannot connect", e);
                }
            }
        }
    }

    /** Ends with either connection; what arrives while the cable is cut is lost. */
    private void copy(Socket from, Socket to) {
        try (from; to) {
            var buffer = new byte[65_536];
            for (int read = from.getInputStream().read(buffer); read >= 0; read = from.getInputStream().read(buffer)) {
                if (!cut) {
                    to.getOutputStream().write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // closed by a side or by mending: the copies end there
        }
    }

    private void closeAll() throws IOException {
        for (var socket = sockets.poll(); socket != null; socket = sockets.poll()) {
            socket.close();
        }
    }

    private static void daemon(Runnable task) {
        var thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
