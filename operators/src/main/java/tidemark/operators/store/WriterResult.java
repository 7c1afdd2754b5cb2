package tidemark.operators.store;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import tidemark.operators.StateBytes;
import tidemark.serde.partial.EpochReport;

/**
 * What one writer did in one epoch. It travels as bytes, in terms of {@link StateBytes}; it is
 * never in state:
 *
 * <pre>
 * v1  i32 version | texts rollup files | texts series files | i32 length, report
 * </pre>
 *
 * @param rollupFiles data files of the rollups table, as Iceberg's JSON
 * @param seriesFiles data files of the series table, as Iceberg's JSON
 * @param report counts and positions that came to this writer
 */
record WriterResult(List<String> rollupFiles, List<String> seriesFiles, EpochReport report) {
  private static final int V1 = 1;

  WriterResult {
    rollupFiles = List.copyOf(rollupFiles);
    seriesFiles = List.copyOf(seriesFiles);
  }

  byte[] toBytes() throws IOException {
    return StateBytes.write(
        out -> {
          out.writeInt(V1);
          StateBytes.putTexts(out, rollupFiles);
          StateBytes.putTexts(out, seriesFiles);
          byte[] bytes = report.toBytes();
          out.writeInt(bytes.length);
          out.write(bytes);
        });
  }

  static WriterResult ofBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = StateBytes.read(bytes)) {
      StateBytes.expectVersion("a writer result", in.readInt(), V1);
      var rollupFiles = StateBytes.texts(in);
      var seriesFiles = StateBytes.texts(in);
      byte[] report = StateBytes.bytes(in);
      StateBytes.expectEnd(in);
      return new WriterResult(rollupFiles, seriesFiles, EpochReport.ofBytes(report, report.length));
    }
  }
}
