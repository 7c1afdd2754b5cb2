package tidemark.operators.store;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import tidemark.operators.StateBytes;
import tidemark.serde.table.EpochKeys;

/**
 * One epoch whose files are closed and which waits for its commit.
 *
 * <p>Format, in terms of {@link StateBytes}, within that of {@link EpochState}:
 *
 * <pre>
 * i64 checkpoint | text id | text previous | texts rollup files | texts series files | map summary
 * </pre>
 *
 * @param checkpoint id of the checkpoint that covers it
 * @param id unlike that of any other epoch
 * @param previous id of the epoch before it; empty for the first of a lineage
 * @param rollupFiles data files of the rollups table, as Iceberg's JSON
 * @param seriesFiles data files of the series table, as Iceberg's JSON
 * @param summary what the commit says of the epoch
 */
record PendingEpoch(
    long checkpoint,
    String id,
    String previous,
    List<String> rollupFiles,
    List<String> seriesFiles,
    Map<String, String> summary) {

  PendingEpoch {
    rollupFiles = List.copyOf(rollupFiles);
    seriesFiles = List.copyOf(seriesFiles);
    summary = Map.copyOf(summary);
  }

  /** Broker time of the newest record that it rests on; {@link Long#MIN_VALUE} if not known. */
  long newestMs() {
    String newest = summary.get(EpochKeys.NEWEST_RECORD_MS);
    return newest == null ? Long.MIN_VALUE : Long.parseLong(newest);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(checkpoint);
    StateBytes.putText(out, id);
    StateBytes.putText(out, previous);
    StateBytes.putTexts(out, rollupFiles);
    StateBytes.putTexts(out, seriesFiles);
    StateBytes.putMap(out, summary);
  }

  static PendingEpoch read(DataInputStream in) throws IOException {
    return new PendingEpoch(
        in.readLong(),
        StateBytes.text(in),
        StateBytes.text(in),
        StateBytes.texts(in),
        StateBytes.texts(in),
        StateBytes.map(in));
  }
}
