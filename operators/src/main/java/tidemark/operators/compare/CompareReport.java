package tidemark.operators.compare;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.MaintenanceKeys;

/** What a comparison has found, as JSON, with the commits in words. */
final class CompareReport {
  private final ComparePlan plan;
  private final CompareResult result;
  private final Map<Long, Snapshot> bySequence = new HashMap<>();

  CompareReport(ComparePlan plan, CompareResult result, Table rollups) {
    this.plan = plan;
    this.result = result;
    rollups.snapshots().forEach(snapshot -> bySequence.put(snapshot.sequenceNumber(), snapshot));
  }

  /** What is kept in the table, for publishing. */
  ObjectNode verdict(long nowMs, String location) {
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("left", plan.left());
    json.put("left_snapshot", plan.leftSnapshot());
    json.put("right", plan.right());
    json.put("right_snapshot", plan.rightSnapshot());
    json.put("base", plan.base());
    json.put("covered", plan.covered());
    json.put("whole", plan.isWhole());
    json.put("complete", plan.isComplete());
    json.put("equal", result.isEqual());
    json.put("time_ms", nowMs);
    json.put("report", location);
    ObjectNode counts = json.putObject("counts");
    for (String kind :
        new String[] {
          CompareResult.EQUAL,
          RowDifference.MISSING,
          RowDifference.EXTRA,
          RowDifference.DIFFERENT,
          RowDifference.UNKNOWN_SERIES
        }) {
      counts.put(kind, result.count(kind));
    }
    return json;
  }

  /** All of it. */
  ObjectNode full(long nowMs, String location) {
    ObjectNode json = verdict(nowMs, location);
    ObjectNode columns = json.putObject("columns");
    result.columns().forEach(columns::put);
    commits(json.putArray("left_epochs"), result.leftCommits());
    commits(json.putArray("right_epochs"), result.rightCommits());
    json.put("rows_of_untold_epochs", result.untold());
    ArrayNode samples = json.putArray("rows");
    for (RowDifference row : result.samples()) {
      ObjectNode sample = JsonUtil.mapper().valueToTree(row);
      sample.remove("leftCommits");
      sample.remove("rightCommits");
      ArrayNode left = sample.putArray("left_epochs");
      row.leftCommits().forEach(sequence -> left.add(commit(sequence)));
      ArrayNode right = sample.putArray("right_epochs");
      row.rightCommits().forEach(sequence -> right.add(commit(sequence)));
      samples.add(sample);
    }
    return json;
  }

  private void commits(ArrayNode array, SortedMap<Long, Long> rows) {
    rows.forEach((sequence, count) -> array.add(commit(sequence).put("rows", count)));
  }

  /** The epoch that a commit was, or why it is not known. */
  private ObjectNode commit(long sequence) {
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("sequence", sequence);
    Snapshot snapshot = bySequence.get(sequence);
    if (snapshot == null) {
      return json.put("note", "its snapshot has expired, so its epoch is not known any more");
    }
    json.put("snapshot", snapshot.snapshotId());
    Optional<EpochMarker> marker = EpochMarker.of(snapshot);
    if (marker.isEmpty()) {
      String maintenance =
          snapshot.summary().getOrDefault(MaintenanceKeys.MAINTENANCE, "something else");
      return json.put("note", "made by " + maintenance + " of files of several epochs");
    }
    json.put("lineage", marker.get().lineage());
    json.put("checkpoint", marker.get().checkpoint());
    json.put("epoch", marker.get().epoch());
    json.put("offsets", snapshot.summary().getOrDefault(EpochKeys.OFFSETS, "{}"));
    return json;
  }
}
