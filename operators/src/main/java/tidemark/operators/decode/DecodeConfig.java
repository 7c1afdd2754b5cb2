package tidemark.operators.decode;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.serde.wire.IntakeHeaders;

/**
 * The checked settings of decoding.
 *
 * @param defaultFormat format of records that do not name one
 * @param defaultOrg org of OTLP records that do not name one; empty for none
 * @param maxRecordBytes largest record that is decoded
 */
public record DecodeConfig(String defaultFormat, String defaultOrg, int maxRecordBytes)
    implements Serializable {

  public DecodeConfig {
    if (!defaultFormat.equals(IntakeHeaders.NATIVE) && !defaultFormat.equals(IntakeHeaders.OTLP)) {
      throw new IllegalArgumentException(
          "%s must be native or otlp, got %s"
              .formatted(DecodeOptions.DEFAULT_FORMAT.key(), defaultFormat));
    }
    if (maxRecordBytes < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1 byte, got %s"
              .formatted(DecodeOptions.MAX_RECORD_BYTES.key(), maxRecordBytes));
    }
  }

  public static DecodeConfig from(ReadableConfig config) {
    return new DecodeConfig(
        config.get(DecodeOptions.DEFAULT_FORMAT),
        config.get(DecodeOptions.DEFAULT_ORG),
        (int) Math.min(Integer.MAX_VALUE, config.get(DecodeOptions.MAX_RECORD_BYTES).getBytes()));
  }
}
