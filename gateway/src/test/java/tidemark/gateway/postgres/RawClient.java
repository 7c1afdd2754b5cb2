package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A client that sends what it is told, right or wrong, and reads messages; with a SCRAM of its own.
 */
final class RawClient implements AutoCloseable {
  /** A message from the server. */
  static final class Reply {
    private final char type;
    private final byte[] body;

    Reply(char type, byte[] body) {
      this.type = type;
      this.body = body;
    }

    char type() {
      return type;
    }

    byte[] body() {
      return body;
    }

    /** The body as text, zero bytes as bars. */
    String text() {
      return new String(body, UTF_8).replace('\0', '|');
    }

    /** The SQLSTATE of an error. */
    String state() {
      String text = text();
      int at = text.indexOf("|C") + 2;
      return text.substring(at, at + 5);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private int processId;
  private int secret;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /** Connects and logs in. */
  static RawClient loggedIn(int port) throws IOException {
    RawClient client = new RawClient(port);
    client.startup(Startup.PROTOCOL_3_0, "user", FakeGateway.USER, "database", "tidemark");
    client.login(FakeGateway.PASSWORD);
    client.until('Z');
    return client;
  }

  int processId() {
    return processId;
  }

  int secret() {
    return secret;
  }

  void raw(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** A message with a true length. */
  void send(char type, Object... fields) throws IOException {
    raw(message(type, fields));
  }

  /**
   * @param fields bytes, shorts, ints, byte arrays, and strings, which end with a zero byte
   */
  static byte[] message(char type, Object... fields) throws IOException {
    byte[] body = body(fields);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    if (type != 0) {
      data.writeByte(type);
    }
    data.writeInt(body.length + 4);
    data.write(body);
    return bytes.toByteArray();
  }

  private static byte[] body(Object... fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    for (Object field : fields) {
      if (field instanceof Byte value) {
        data.writeByte(value);
      } else if (field instanceof Short value) {
        data.writeShort(value);
      } else if (field instanceof Integer value) {
        data.writeInt(value);
      } else if (field instanceof byte[] value) {
        data.write(value);
      } else {
        data.write(((String) field).getBytes(UTF_8));
        data.writeByte(0);
      }
    }
    return bytes.toByteArray();
  }

  void startup(int version, String... parameters) throws IOException {
    Object[] fields = new Object[parameters.length + 2];
    fields[0] = version;
    System.arraycopy(parameters, 0, fields, 1, parameters.length);
    fields[fields.length - 1] = (byte) 0;
    send((char) 0, fields);
  }

  /** Sends a query string and reads to its end. */
  List<Reply> query(String sql) throws IOException {
    send('Q', sql);
    return until('Z');
  }

  int readByte() throws IOException {
    return in.read();
  }

  Reply next() throws IOException {
    char type = (char) in.readUnsignedByte();
    byte[] body = new byte[in.readInt() - 4];
    in.readFully(body);
    if (type == 'K') {
      processId = intAt(body, 0);
      secret = intAt(body, 4);
    }
    return new Reply(type, body);
  }

  private static int intAt(byte[] body, int at) {
    return ByteBuffer.wrap(body).getInt(at);
  }

  /** Reads up to and with a message of a type. */
  List<Reply> until(char type) throws IOException {
    List<Reply> replies = new ArrayList<>();
    do {
      replies.add(next());
    } while (replies.get(replies.size() - 1).type() != type);
    return replies;
  }

  /** Reads all that comes until the server hangs up. */
  List<Reply> untilEnd() throws IOException {
    List<Reply> replies = new ArrayList<>();
    try {
      while (true) {
        replies.add(next());
      }
    } catch (EOFException e) {
      return replies;
    }
  }

  static String types(List<Reply> replies) {
    StringBuilder types = new StringBuilder();
    replies.forEach(reply -> types.append(reply.type()));
    return types.toString();
  }

  /** SCRAM-SHA-256 without channel binding, up to AuthenticationOk or an error. */
  Reply login(String password) throws IOException {
    Reply offer = next();
    while (offer.type() == 'v') {
      offer = next();
    }
    if (offer.type() != 'R') {
      return offer;
    }
    byte[] first = "n,,n=,r=abc".getBytes(UTF_8);
    send('p', "SCRAM-SHA-256", first.length, first);
    Reply reply = next();
    if (reply.type() == 'E') {
      return reply;
    }
    String serverFirst = new String(reply.body(), 4, reply.body().length - 4, UTF_8);
    String[] fields = serverFirst.split(",", -1);
    String withoutProof = "c=biws," + fields[0];
    byte[] salt = Base64.getDecoder().decode(fields[1].substring(2));
    int iterations = Integer.parseInt(fields[2].substring(2));
    byte[] proof =
        proof(password, salt, iterations, "n=,r=abc," + serverFirst + "," + withoutProof);
    String message = withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
    send('p', message.getBytes(UTF_8));
    reply = next();
    return reply.type() == 'E' ? reply : next();
  }

  private static byte[] proof(String password, byte[] salt, int iterations, String message) {
    try {
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
              .getEncoded();
      byte[] key = hmac(salted, "Client Key");
      byte[] stored = MessageDigest.getInstance("SHA-256").digest(key);
      byte[] signature = hmac(stored, message);
      for (int i = 0; i < key.length; i++) {
        key[i] ^= signature[i];
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has these", e);
    }
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
