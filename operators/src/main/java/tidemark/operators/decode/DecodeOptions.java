package tidemark.operators.decode;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;
import tidemark.serde.wire.IntakeHeaders;

/** Settings of decoding. Read them through {@link DecodeConfig}, not one by one. */
public final class DecodeOptions {
  public static final ConfigOption<String> DEFAULT_FORMAT =
      ConfigOptions.key("tidemark.decode.default-format")
          .stringType()
          .defaultValue(IntakeHeaders.NATIVE)
          .withDescription(
              "Format of records without a tidemark-format header: native or otlp. Can change"
                  + " between runs.");

  public static final ConfigOption<String> DEFAULT_ORG =
      ConfigOptions.key("tidemark.decode.default-org")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Org of OTLP records without a tidemark-org header. Empty: such records are refused"
                  + " with reason no-org. Can change between runs.");

  public static final ConfigOption<MemorySize> MAX_RECORD_BYTES =
      ConfigOptions.key("tidemark.decode.max-record-bytes")
          .memoryType()
          .defaultValue(MemorySize.ofMebiBytes(8))
          .withDescription(
              "Records larger than this are refused as oversized. Bounds the memory of one decoded"
                  + " record, about four times its bytes. Can change between runs.");

  private DecodeOptions() {}
}
