package tidemark.operators;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The few building blocks of formats that wait in state, big-endian: {@code text = i32 length,
 * UTF-8}; {@code texts = i32 count, text ...}; {@code map = i32 count, (text key, text value) ...}
 * by key.
 */
public final class StateBytes {

  /** Writes a value. */
  public interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  private StateBytes() {}

  public static byte[] write(Writer writer) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writer.write(out);
    }
    return bytes.toByteArray();
  }

  public static DataInputStream read(byte[] bytes) {
    return new DataInputStream(new ByteArrayInputStream(bytes));
  }

  /** Bytes left over mean that the format is not the one it claims to be. */
  public static void expectEnd(DataInputStream in) throws IOException {
    if (in.available() > 0) {
      throw new IOException("%s unread bytes at the end".formatted(in.available()));
    }
  }

  /**
   * @throws IOException if a format is of another version
   */
  public static void expectVersion(String what, int found, int wanted) throws IOException {
    if (found != wanted) {
      throw new IOException(
          "%s is in format v%s, this build reads v%s; restore it with the build that wrote it"
              .formatted(what, found, wanted));
    }
  }

  public static void putText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  public static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  /**
   * A number of things that follow, each of at least one byte.
   *
   * @throws IOException if there cannot be as many
   */
  public static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > in.available()) {
      throw new IOException(
          "the bytes are damaged: %s things announced, %s bytes left"
              .formatted(count, in.available()));
    }
    return count;
  }

  public static byte[] bytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[count(in)];
    in.readFully(bytes);
    return bytes;
  }

  public static void putTexts(DataOutputStream out, List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      putText(out, text);
    }
  }

  public static List<String> texts(DataInputStream in) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      texts.add(text(in));
    }
    return texts;
  }

  public static void putMap(DataOutputStream out, Map<String, String> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<String, String> entry : new TreeMap<>(map).entrySet()) {
      putText(out, entry.getKey());
      putText(out, entry.getValue());
    }
  }

  public static SortedMap<String, String> map(DataInputStream in) throws IOException {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      map.put(text(in), text(in));
    }
    return map;
  }
}
