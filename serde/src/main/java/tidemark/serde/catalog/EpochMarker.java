package tidemark.serde.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.table.EpochKeys;

/**
 * What a commit of the store says of itself: an epoch, or the fence of a run that starts.
 *
 * @param lineage history that it belongs to
 * @param run start of a job that committed it
 * @param checkpoint checkpoint of the epoch; 0 if the lineage has none yet
 * @param epoch id of the epoch, which for a fence is the one before it; empty if there is none
 * @param isFence whether it only says who commits from here on
 * @param snapshotId snapshot that carries it
 * @param heads last epoch and run of every other lineage, {@code "epoch run"}
 * @param summary all that the snapshot says
 */
public record EpochMarker(
    String lineage,
    String run,
    long checkpoint,
    String epoch,
    boolean isFence,
    long snapshotId,
    SortedMap<String, String> heads,
    Map<String, String> summary) {
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  public EpochMarker {
    summary = Map.copyOf(summary);
  }

  /** The marker of a snapshot; empty for those of maintenance and of other tools. */
  public static Optional<EpochMarker> of(Snapshot snapshot) {
    Map<String, String> summary = snapshot.summary();
    String lineage = summary.get(EpochKeys.LINEAGE);
    if (lineage == null) {
      return Optional.empty();
    }
    return Optional.of(
        new EpochMarker(
            lineage,
            summary.getOrDefault(EpochKeys.RUN, ""),
            Long.parseLong(summary.getOrDefault(EpochKeys.CHECKPOINT, "0")),
            summary.getOrDefault(EpochKeys.EPOCH, ""),
            summary.containsKey(EpochKeys.FENCE),
            snapshot.snapshotId(),
            heads(summary.getOrDefault(EpochKeys.HEADS, "{}")),
            summary));
  }

  private static SortedMap<String, String> heads(String json) {
    try {
      return JsonUtil.mapper().readValue(json, TEXTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("%s is no JSON: %s".formatted(EpochKeys.HEADS, json), e);
    }
  }

  /** What the next commit of a lineage has to say in {@link EpochKeys#HEADS} of the others. */
  public String headsBeside(String ownLineage) {
    SortedMap<String, String> others = new TreeMap<>(heads);
    if (!epoch.isEmpty()) {
      others.put(lineage, epoch + " " + run);
    }
    others.remove(ownLineage);
    try {
      return JsonUtil.mapper().writeValueAsString(others);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can be written as JSON", e);
    }
  }
}
