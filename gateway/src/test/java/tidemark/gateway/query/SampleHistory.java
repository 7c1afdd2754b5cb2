package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import tidemark.gateway.StoredTables;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.table.EpochKeys;

/**
 * Commits to real tables, and remembers what each version of them holds. Which rows of a feed count
 * beside a version is found here by the words of docs/design/010-gateway.md, record by record.
 */
final class SampleHistory {
  /**
   * What a commit said of itself.
   *
   * @param fence checkpoint that the job was restored from; empty for an epoch
   */
  record Marker(String lineage, UUID job, long checkpoint, long watermarkMs, OptionalLong fence) {}

  /**
   * A snapshot.
   *
   * @param markers of it and of those before, oldest first
   */
  record Version(long id, Optional<Version> parent, List<SampleRow> rows, List<Marker> markers) {
    Version {
      rows = List.copyOf(rows);
      markers = List.copyOf(markers);
    }

    String lineage() {
      return markers.get(markers.size() - 1).lineage();
    }

    Optional<Marker> newest(String lineage) {
      return markers.stream()
          .filter(marker -> marker.lineage().equals(lineage))
          .reduce((first, second) -> second);
    }

    boolean isOfJob(UUID job) {
      return !markers.isEmpty() && markers.get(markers.size() - 1).job().equals(job);
    }
  }

  private final StoredTables tables;
  private final Map<Long, Version> versions = new HashMap<>();
  private Optional<Version> head = Optional.empty();

  SampleHistory(StoredTables tables) {
    this.tables = tables;
  }

  Optional<Version> head() {
    return head;
  }

  Version version(long id) {
    return versions.get(id);
  }

  void fence(String lineage, UUID job, long restored) {
    Optional<Marker> before = head.flatMap(version -> version.newest(lineage));
    Map<String, String> summary = summary(lineage, job);
    before
        .filter(marker -> marker.checkpoint() > 0)
        .ifPresent(marker -> describe(summary, marker.checkpoint(), marker.watermarkMs()));
    summary.put(EpochKeys.FENCE, Long.toString(restored));
    commit(
        List.of(),
        summary,
        new Marker(
            lineage,
            job,
            before.map(Marker::checkpoint).orElse(0L),
            before.map(Marker::watermarkMs).orElse(0L),
            OptionalLong.of(restored)));
  }

  void epoch(String lineage, UUID job, long checkpoint, long watermarkMs, List<SampleRow> rows) {
    Map<String, String> summary = summary(lineage, job);
    describe(summary, checkpoint, watermarkMs);
    commit(rows, summary, new Marker(lineage, job, checkpoint, watermarkMs, OptionalLong.empty()));
  }

  private static Map<String, String> summary(String lineage, UUID job) {
    Map<String, String> summary = new HashMap<>();
    summary.put(EpochKeys.LINEAGE, lineage);
    summary.put(EpochKeys.RUN, "run-" + job);
    summary.put(
        EpochKeys.JOB,
        "%016x%016x".formatted(job.getMostSignificantBits(), job.getLeastSignificantBits()));
    return summary;
  }

  private static void describe(Map<String, String> summary, long checkpoint, long watermarkMs) {
    summary.put(EpochKeys.CHECKPOINT, Long.toString(checkpoint));
    summary.put(EpochKeys.EPOCH, checkpoint + "-00000000");
    summary.put(EpochKeys.WATERMARK_MS, Long.toString(watermarkMs));
    summary.put(EpochKeys.WATERMARK_KIND, "heartbeat");
  }

  private void commit(List<SampleRow> rows, Map<String, String> summary, Marker marker) {
    tables.commit("main", rows.stream().map(SampleRow::stored).toList(), summary);
    List<SampleRow> all = new ArrayList<>(head.map(Version::rows).orElse(List.of()));
    all.addAll(rows);
    List<Marker> markers = new ArrayList<>(head.map(Version::markers).orElse(List.of()));
    markers.add(marker);
    advance(all, markers);
  }

  /** Folds partial rows into one per window, as maintenance does. */
  void compact() {
    Version before = head.orElseThrow();
    List<SampleRow> folded = SampleRow.merged(before.rows());
    tables.rewrite(folded.stream().map(SampleRow::stored).toList());
    advance(folded, before.markers());
  }

  /** Sets the table back to a version. */
  void rollBack(Version version) {
    tables.rollups().manageSnapshots().rollbackTo(version.id()).commit();
    head = Optional.of(version);
  }

  private void advance(List<SampleRow> rows, List<Marker> markers) {
    long id = tables.rollups().currentSnapshot().snapshotId();
    Version version = new Version(id, head, rows, markers);
    versions.put(id, version);
    head = Optional.of(version);
  }

  /** The newest version that an epoch of the newest lineage made. */
  Optional<Version> asOf(long checkpoint) {
    String lineage = head.orElseThrow().lineage();
    for (Optional<Version> at = head; at.isPresent(); at = at.get().parent()) {
      Optional<Marker> epoch =
          at.get().markers().stream()
              .filter(marker -> marker.checkpoint() > 0)
              .reduce((first, second) -> second);
      if (epoch.isPresent()
          && epoch.get().checkpoint() == checkpoint
          && epoch.get().lineage().equals(lineage)) {
        return at;
      }
    }
    return Optional.empty();
  }

  /**
   * Rows of the feed that count beside a version: neither stored nor dead. Those that were lost
   * before they were read are among them, if anything of their writer was read.
   */
  static List<SampleRow> hot(Version version, FedTopic topic) {
    String lineage = version.lineage();
    long checkpoint = version.newest(lineage).orElseThrow().checkpoint();
    List<FeedWriter> writers =
        topic.known().stream()
            .filter(writer -> lastMarker(version, lineage, writer.job()) >= 0)
            .toList();
    List<SampleRow> hot = new ArrayList<>();
    for (FedTopic.Sent sent : topic.gone()) {
      boolean isStored = checkpoint > sent.after();
      if (writers.contains(sent.writer())
          && !isStored
          && !isFenced(version, lineage, sent)
          && writers.stream().noneMatch(other -> other.supersedes(sent.writer(), sent.after()))) {
        hot.addAll(sent.rows());
      }
    }
    return hot;
  }

  private static int lastMarker(Version version, String lineage, UUID job) {
    int last = -1;
    for (int i = 0; i < version.markers().size(); i++) {
      Marker marker = version.markers().get(i);
      last = marker.lineage().equals(lineage) && marker.job().equals(job) ? i : last;
    }
    return last;
  }

  private static boolean isFenced(Version version, String lineage, FedTopic.Sent sent) {
    int last = lastMarker(version, lineage, sent.writer().job());
    return version.markers().subList(last + 1, version.markers().size()).stream()
        .anyMatch(
            marker ->
                marker.lineage().equals(lineage)
                    && !marker.job().equals(sent.writer().job())
                    && marker.fence().isPresent()
                    && marker.fence().getAsLong() <= sent.after());
  }
}
