package tidemark.operators.store;

import java.io.DataInputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import tidemark.serde.partial.EpochReport;

/**
 * Format of {@link WriterResult}, in terms of {@link StoreBytes}.
 *
 * <pre>
 * v1  texts rollup files | texts series files | i32 length, report
 * </pre>
 */
final class WriterResultSerializer implements SimpleVersionedSerializer<WriterResult> {
  private static final int V1 = 1;

  @Override
  public int getVersion() {
    return V1;
  }

  @Override
  public byte[] serialize(WriterResult result) throws IOException {
    return StoreBytes.write(
        out -> {
          StoreBytes.putTexts(out, result.rollupFiles());
          StoreBytes.putTexts(out, result.seriesFiles());
          byte[] report = result.report().toBytes();
          out.writeInt(report.length);
          out.write(report);
        });
  }

  @Override
  public WriterResult deserialize(int version, byte[] serialized) throws IOException {
    StoreBytes.expectVersion("a writer result", version, V1);
    try (DataInputStream in = StoreBytes.read(serialized)) {
      var rollupFiles = StoreBytes.texts(in);
      var seriesFiles = StoreBytes.texts(in);
      byte[] report = StoreBytes.bytes(in);
      StoreBytes.expectEnd(in);
      return new WriterResult(rollupFiles, seriesFiles, EpochReport.ofBytes(report, report.length));
    }
  }
}
