package tidemark.gateway.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Cuts a socket's bytes into messages:
 *
 * <pre>
 * type    1 byte    not in the first message of a connection
 * length  4 bytes   big endian, itself included, the type not
 * body    length - 4 bytes
 * </pre>
 *
 * <p>Holds 8 KB and the message under way; room for a body grows as its bytes arrive, so that a
 * mere claim costs nothing. Read by the connection's thread; only {@link #isAbandoned} may come
 * from another.
 */
final class MessageReader {
  /** PostgreSQL's own bound, and that of a client's longest message. */
  private static final int MOST_BYTES = 1 << 30;

  private static final int CHUNK_BYTES = 64 << 10;
  private static final String TYPES = "QPBEDCSHXFdcfp";

  private final Socket socket;
  private final InputStream in;
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] buffer = new byte[8192];
  private int position;
  private int limit;
  private long deadlineNanos;
  private boolean hasDeadline;

  MessageReader(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
  }

  /** From now on a read that does not end in time throws {@code 57014}. */
  void limitUntil(long nanoTime) {
    deadlineNanos = nanoTime;
    hasDeadline = true;
  }

  void unlimited() {
    hasDeadline = false;
    try {
      socket.setSoTimeout(0);
    } catch (IOException e) {
      throw new DisconnectedException("the socket is closed", e);
    }
  }

  /** Whether a message has begun to arrive that was not read yet. */
  boolean hasBuffered() {
    lock.lock();
    try {
      return position < limit;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads the first message of a connection byte by byte, so that nothing behind it is taken from
   * the socket: what follows may belong to TLS.
   *
   * @throws DisconnectedException if the client hangs up before the first byte
   */
  Message startup(int maxBytes) {
    lock.lock();
    try {
      byte[] head = new byte[4];
      readUnbuffered(head);
      int length = int32(head) - 4;
      if (length < 4 || length > maxBytes) {
        throw new FatalException(SqlState.PROTOCOL_VIOLATION, "invalid length of startup packet");
      }
      byte[] body = new byte[length];
      readUnbuffered(body);
      return new Message((char) 0, body);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next message.
   *
   * @throws DisconnectedException if the client hung up
   * @throws FatalException if the bytes are no messages
   * @throws OversizedException if it is longer than allowed; it was skipped
   */
  Message next(int maxBytes) {
    lock.lock();
    try {
      char type = (char) (readByte() & 0xff);
      if (TYPES.indexOf(type) < 0) {
        throw new FatalException(
            SqlState.PROTOCOL_VIOLATION, "invalid frontend message type " + (int) type);
      }
      byte[] head = new byte[4];
      for (int i = 0; i < head.length; i++) {
        head[i] = readByte();
      }
      int length = int32(head) - 4;
      if (length < 0 || length > MOST_BYTES) {
        throw new FatalException(
            SqlState.PROTOCOL_VIOLATION, "invalid length of a message of type " + type);
      }
      if (length > maxBytes) {
        skip(length);
        throw new OversizedException(type, length, maxBytes);
      }
      return new Message(type, body(length));
    } finally {
      lock.unlock();
    }
  }

  /** A message that was skipped for its length. */
  static final class OversizedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final char type;
    private final AskException error;

    private OversizedException(char type, int length, int maxBytes) {
      this.type = type;
      this.error =
          new AskException(
              SqlState.PROGRAM_LIMIT,
              "a message may have %d bytes, got %d".formatted(maxBytes, length));
    }

    char type() {
      return type;
    }

    AskException error() {
      return error;
    }
  }

  /**
   * Whether the client hung up while the connection's thread does something else. Costs a
   * millisecond; keeps bytes that have arrived.
   */
  boolean isAbandoned() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      if (limit == buffer.length) {
        return false;
      }
      socket.setSoTimeout(1);
      try {
        int count = in.read(buffer, limit, buffer.length - limit);
        limit += Math.max(0, count);
        return count < 0;
      } catch (SocketTimeoutException e) {
        return false;
      } finally {
        socket.setSoTimeout(0);
      }
    } catch (IOException e) {
      return true;
    } finally {
      lock.unlock();
    }
  }

  private byte[] body(int length) {
    byte[] body = new byte[Math.min(length, CHUNK_BYTES)];
    int size = 0;
    while (size < length) {
      if (size == body.length) {
        body = Arrays.copyOf(body, (int) Math.min(length, 2L * body.length));
      }
      if (position < limit) {
        int count = Math.min(limit - position, body.length - size);
        System.arraycopy(buffer, position, body, size, count);
        position += count;
        size += count;
      } else {
        size += receive(body, size, body.length - size);
      }
    }
    return body;
  }

  private void skip(int length) {
    int left = length;
    while (left > 0) {
      if (position == limit) {
        fill();
      }
      int count = Math.min(left, limit - position);
      position += count;
      left -= count;
    }
  }

  private byte readByte() {
    if (position == limit) {
      fill();
    }
    return buffer[position++];
  }

  private void fill() {
    position = 0;
    limit = 0;
    limit = receive(buffer, 0, buffer.length);
  }

  private void readUnbuffered(byte[] target) {
    int size = 0;
    while (size < target.length) {
      size += receive(target, size, target.length - size);
    }
  }

  private int receive(byte[] target, int offset, int length) {
    try {
      if (hasDeadline) {
        long leftMs = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
          throw new SocketTimeoutException();
        }
        socket.setSoTimeout((int) leftMs);
      }
      int count = in.read(target, offset, length);
      if (count < 0) {
        throw new DisconnectedException("the client hung up", null);
      }
      return count;
    } catch (SocketTimeoutException e) {
      throw new FatalException(
          new AskException(SqlState.QUERY_CANCELED, "canceling authentication due to timeout", e));
    } catch (IOException e) {
      throw new DisconnectedException("the client cannot be read", e);
    }
  }

  private static int int32(byte[] bytes) {
    return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | (bytes[3] & 0xff);
  }
}
