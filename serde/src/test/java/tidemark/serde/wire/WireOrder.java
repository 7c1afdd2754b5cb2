package tidemark.serde.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Writes messages in ways that protobuf allows and its own writers do not use: fields in any order,
 * packed columns in pieces or element by element, unknown fields in between.
 */
final class WireOrder {
  private static final int UNKNOWN_FIELD = 777;

  private WireOrder() {}

  static byte[] shuffled(Message message, Random random) {
    List<byte[]> first = new ArrayList<>();
    message.getAllFields().forEach((field, value) -> first.add(field(field, value, random)));
    Collections.shuffle(first, random);
    return written(
        out -> {
          for (byte[] bytes : first) {
            if (random.nextInt(4) == 0) {
              out.writeString(UNKNOWN_FIELD, "from the future");
              out.writeFixed32(UNKNOWN_FIELD + 1, 7);
              out.writeFixed64(UNKNOWN_FIELD + 2, 7);
              out.writeUInt64(UNKNOWN_FIELD + 3, -7);
            }
            out.writeRawBytes(bytes);
          }
        });
  }

  private static byte[] field(FieldDescriptor field, Object value, Random random) {
    return written(
        out -> {
          if (!field.isRepeated()) {
            write(out, field, value, random);
          } else if (!field.isPackable()) {
            for (Object element : (List<?>) value) {
              write(out, field, element, random);
            }
          } else {
            writePieces(out, field, (List<?>) value, random);
          }
        });
  }

  /** At random one piece, a few, or single elements. */
  private static void writePieces(
      CodedOutputStream out, FieldDescriptor field, List<?> elements, Random random)
      throws IOException {
    int longest = random.nextBoolean() ? elements.size() : 1 + random.nextInt(elements.size());
    for (int from = 0; from < elements.size(); from += longest) {
      List<?> piece = elements.subList(from, Math.min(elements.size(), from + longest));
      if (piece.size() == 1) {
        write(out, field, piece.get(0), random);
        continue;
      }
      byte[] packed =
          written(
              to -> {
                for (Object element : piece) {
                  writeNoTag(to, field, element);
                }
              });
      out.writeByteArray(field.getNumber(), packed);
    }
  }

  private static void write(
      CodedOutputStream out, FieldDescriptor field, Object value, Random random)
      throws IOException {
    if (value instanceof Message message) {
      out.writeByteArray(field.getNumber(), shuffled(message, random));
    } else {
      out.writeTag(field.getNumber(), field.getLiteType().getWireType());
      writeNoTag(out, field, value);
    }
  }

  private static void writeNoTag(CodedOutputStream out, FieldDescriptor field, Object value)
      throws IOException {
    switch (field.getType()) {
      case DOUBLE -> out.writeDoubleNoTag((Double) value);
      case FIXED64 -> out.writeFixed64NoTag((Long) value);
      case SFIXED64 -> out.writeSFixed64NoTag((Long) value);
      case UINT32 -> out.writeUInt32NoTag((Integer) value);
      case UINT64 -> out.writeUInt64NoTag((Long) value);
      case INT64 -> out.writeInt64NoTag((Long) value);
      case SINT32 -> out.writeSInt32NoTag((Integer) value);
      case SINT64 -> out.writeSInt64NoTag((Long) value);
      case BOOL -> out.writeBoolNoTag((Boolean) value);
      case ENUM -> out.writeEnumNoTag(((EnumValueDescriptor) value).getNumber());
      case STRING -> out.writeStringNoTag((String) value);
      case BYTES -> out.writeBytesNoTag((ByteString) value);
      default -> throw new IllegalArgumentException("no writer for " + field);
    }
  }

  /** What this writes. */
  static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      writing.to(out);
      out.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Something to write. */
  interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }
}
