package tidemark.gateway.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/**
 * An answer's body that begins with the first full buffer: until then the status can still change,
 * and a short answer tells its length. One thread.
 */
final class LazyBody extends OutputStream {
  static final int BUFFER_BYTES = 1 << 16;

  private final HttpExchange exchange;
  private final IoWatch watch;
  private final Duration writeTimeout;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int size;
  private OutputStream out;

  LazyBody(HttpExchange exchange, IoWatch watch, Duration writeTimeout) {
    this.exchange = exchange;
    this.watch = watch;
    this.writeTimeout = writeTimeout;
  }

  /** Whether the client has its status. */
  boolean hasBegun() {
    return out != null;
  }

  @Override
  public void write(int unit) throws IOException {
    if (size == BUFFER_BYTES) {
      send();
    }
    buffer[size++] = (byte) unit;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (size == BUFFER_BYTES) {
        send();
      }
      int part = Math.min(left, BUFFER_BYTES - size);
      System.arraycopy(bytes, from, buffer, size, part);
      size += part;
      from += part;
      left -= part;
    }
  }

  private void send() throws IOException {
    watch.begin(writeTimeout);
    try {
      if (out == null) {
        exchange.sendResponseHeaders(200, 0);
        out = exchange.getResponseBody();
      }
      out.write(buffer, 0, size);
      size = 0;
    } finally {
      watch.end();
    }
  }

  /** Sends the rest and ends the answer. */
  void finish() throws IOException {
    watch.begin(writeTimeout);
    try {
      if (out == null) {
        exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
        out = exchange.getResponseBody();
      }
      if (size > 0) {
        out.write(buffer, 0, size);
      }
      out.close();
    } finally {
      watch.end();
    }
  }
}
