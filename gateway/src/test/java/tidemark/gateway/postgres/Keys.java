package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate for localhost, made by the JDK's own keytool. */
final class Keys {
  private static final String PASSWORD = "changeit";

  private final Path directory;

  private Keys(Path directory) {
    this.directory = directory;
  }

  static Keys make(Path directory, String keyAlgorithm, String signature)
      throws IOException, InterruptedException {
    Keys keys = new Keys(directory);
    keys.keytool(
        "-genkeypair",
        "-alias",
        "server",
        "-keyalg",
        keyAlgorithm,
        "-sigalg",
        signature,
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-validity",
        "2");
    keys.keytool("-exportcert", "-rfc", "-alias", "server", "-file", keys.certificate().toString());
    return keys;
  }

  private void keytool(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", store().toString(), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("keytool failed: " + output);
    }
  }

  private Path store() {
    return directory.resolve("server.p12");
  }

  /** In PEM, for clients that trust it alone. */
  Path certificate() {
    return directory.resolve("server.crt");
  }

  SSLContext context() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store())) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }
}
