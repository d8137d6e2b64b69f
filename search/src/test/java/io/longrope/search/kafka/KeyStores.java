package io.longrope.search.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Keys with certificates that sign themselves, in stores and as PEM. */
final class KeyStores {

    static final String PASSWORD = "store-secret";

    private static final String ALIAS = "key";

    private KeyStores() {
    }

    /** @param name what the certificate is for; an address of this machine is one clients accept */
    static Path create(Path store, String name, String... options) throws IOException, InterruptedException {
        var arguments = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-storetype", "PKCS12"));
        arguments.addAll(List.of(options));
        keytool(store, arguments);
        return store;
    }

    static Path certificate(Path store, Path pem) throws IOException, InterruptedException {
        keytool(store, List.of("-exportcert", "-rfc", "-file", pem.toString()));
        return pem;
    }

    /** Certificate and private key in one file, as Kafka's clients read them. */
    static Path certificateAndKey(Path store, Path pem) throws IOException, InterruptedException, GeneralSecurityException {
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        var key = Base64.getMimeEncoder().encodeToString(keys.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
        certificate(store, pem);
        Files.writeString(pem, Files.readString(pem) + "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
        return pem;
    }

    private static void keytool(Path store, List<String> arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool", "-alias", ALIAS, "-keystore",
                store.toString(),
                "-storepass", PASSWORD));
        command.addAll(arguments);
        var keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        assertThat(keytool.waitFor()).as(new String(keytool.getInputStream().readAllBytes())).isZero();
    }
}
