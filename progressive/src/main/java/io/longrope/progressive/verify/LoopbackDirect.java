package io.longrope.progressive.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;

/**
 * The proxies that Java was told of, such as by {@code JAVA_TOOL_OPTIONS=-Dhttp.proxyHost=…}, for other machines only: what runs on this
 * one is none of theirs, whatever {@code http.nonProxyHosts} leaves out.
 */
final class LoopbackDirect extends ProxySelector {

    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    @Override
    public List<Proxy> select(URI uri) {
        return isLoopback(uri.getHost()) || getDefault() == null ? DIRECT : getDefault().select(uri);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        if (getDefault() != null) {
            getDefault().connectFailed(uri, address, failure);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            // a proxy may know it
            return false;
        }
    }
}
