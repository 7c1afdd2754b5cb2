package tidemark.gateway.postgres;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One client's socket, plain at first and perhaps encrypted later. Used by the connection's thread;
 * {@link #close} may come from any.
 */
final class Channel implements AutoCloseable {
  private static final int DRAIN_TIMEOUT_MS = 200;
  private static final int DRAIN_CHUNKS = 64;
  private static final int DRAIN_CHUNK_BYTES = 16 << 10;

  private final Socket raw;
  private final int maxRowBytes;
  private Socket socket;
  private MessageReader reader;
  private MessageWriter writer;
  private Certificate certificate;

  Channel(Socket raw, int maxRowBytes) throws IOException {
    this.raw = raw;
    this.maxRowBytes = maxRowBytes;
    raw.setTcpNoDelay(true);
    raw.setKeepAlive(true);
    use(raw);
  }

  private void use(Socket current) throws IOException {
    socket = current;
    reader = new MessageReader(current);
    writer = new MessageWriter(current.getOutputStream(), maxRowBytes);
  }

  MessageReader reader() {
    return reader;
  }

  MessageWriter writer() {
    return writer;
  }

  String address() {
    return raw.getInetAddress().getHostAddress();
  }

  boolean isEncrypted() {
    return certificate != null;
  }

  /** What this server showed the client. */
  Certificate certificate() {
    return certificate;
  }

  /** One byte outside of any message, as answers to requests for encryption are. */
  void sendByte(char answer) {
    writer.int8(answer);
    writer.flush();
  }

  /** Whether the client has sent more than was read. */
  boolean hasUnreadBytes() {
    try {
      return raw.getInputStream().available() > 0;
    } catch (IOException e) {
      throw new DisconnectedException("the client cannot be read", e);
    }
  }

  /** Shakes hands as a server; all that follows is encrypted. */
  void encrypt(SSLContext context, int timeoutMs) {
    try {
      raw.setSoTimeout(timeoutMs);
      SSLSocket encrypted =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(raw, raw.getInetAddress().getHostAddress(), raw.getPort(), true);
      encrypted.setUseClientMode(false);
      encrypted.startHandshake();
      certificate = encrypted.getSession().getLocalCertificates()[0];
      use(encrypted);
    } catch (IOException e) {
      throw new DisconnectedException("TLS was not agreed upon", e);
    }
  }

  /**
   * Says that nothing follows and reads what the client still sends, for a while: a socket closed
   * with unread bytes takes back what was sent before.
   */
  void endOutput() {
    try {
      socket.shutdownOutput();
      raw.setSoTimeout(DRAIN_TIMEOUT_MS);
      byte[] scrap = new byte[DRAIN_CHUNK_BYTES];
      int chunks = 0;
      while (chunks < DRAIN_CHUNKS && raw.getInputStream().read(scrap) >= 0) {
        chunks++;
      }
    } catch (IOException e) {
      // It is gone already, or has nothing to say: both are what this waits for.
      return;
    }
  }

  @Override
  public void close() {
    try {
      raw.close();
    } catch (IOException e) {
      throw new DisconnectedException("the socket did not close", e);
    }
  }
}
