package tidemark.gateway.query;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tidemark.gateway.Epoch;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.hot.HotRows;
import tidemark.gateway.hot.HotView;
import tidemark.gateway.plan.Planner;
import tidemark.serde.partial.IntakeStatus;

/** What an answer of one pin reflects, as headers and as the table {@code freshness}. */
final class Freshness {
  private Freshness() {}

  /**
   * @param plan of the statement that is answered
   */
  static Provenance of(Pins.Pin pin, HotRows.Counts counts, Planner.Plan plan) {
    Optional<Epoch> epoch = pin.version().epoch();
    return new Provenance(
        epoch.map(Epoch::lineage).orElse(""),
        epoch.map(Epoch::checkpoint).orElse(0L),
        watermark(pin.watermarkMs()),
        pin.watermarkKind(),
        pin.isComplete(plan.toMs()),
        counts.rows(),
        counts.latePoints(),
        plan.rules());
  }

  private static Optional<Instant> watermark(long ms) {
    return ms <= 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(ms));
  }

  /**
   * The table, of one row.
   *
   * @param intake as the job told it last
   */
  static String view(Pins.Pin pin, HotRows.Counts counts, long feedLag, IntakeStatus intake) {
    Optional<Epoch> epoch = pin.version().epoch();
    List<String> columns =
        List.of(
            "CAST(%d AS BIGINT) AS epoch".formatted(epoch.map(Epoch::checkpoint).orElse(0L)),
            "'%s' AS lineage".formatted(epoch.map(Epoch::lineage).orElse("")),
            time(pin.watermarkMs()) + " AS watermark",
            "'%s' AS watermark_kind".formatted(pin.watermarkKind()),
            time(pin.storedWatermarkMs()) + " AS stored_watermark",
            "CAST(%d AS BIGINT) AS hot_rows".formatted(counts.rows()),
            "CAST(%d AS BIGINT) AS late_pending".formatted(counts.latePoints()),
            "'%s' AS feed".formatted(pin.hot().state().name().toLowerCase(Locale.ROOT)),
            "CAST(%s AS BIGINT) AS feed_lag".formatted(feedLag < 0 ? "NULL" : feedLag),
            "'%s' AS completeness".formatted(completeness(pin, intake)),
            "CAST([%s] AS VARCHAR[]) AS held_by".formatted(heldBy(pin, intake)));
    return columns.stream()
        .collect(Collectors.joining(", ", "CREATE OR REPLACE TEMP VIEW freshness AS SELECT ", ""));
  }

  /** What the watermark rests on: by word of the job, or else of the commit. */
  private static String completeness(Pins.Pin pin, IntakeStatus intake) {
    if (isOfNow(pin, intake)) {
      return intake.proves(pin.watermarkMs()) && pin.areOthersProven() ? "proven" : "estimated";
    }
    String kind = pin.watermarkKind();
    return kind.equals("heartbeat") ? "proven" : kind;
  }

  /** Partitions that bring no heartbeats, as literals. */
  private static String heldBy(Pins.Pin pin, IntakeStatus intake) {
    return isOfNow(pin, intake)
        ? intake.stalled().stream()
            .map(partition -> "'" + partition.replace("'", "''") + "'")
            .collect(Collectors.joining(", "))
        : "";
  }

  private static boolean isOfNow(Pins.Pin pin, IntakeStatus intake) {
    return pin.hot().state() == HotView.State.LIVE && intake.nowMs() != IntakeStatus.UNKNOWN;
  }

  private static String time(long ms) {
    return ms <= 0
        ? "CAST(NULL AS TIMESTAMPTZ)"
        : "make_timestamptz(%d)".formatted(Math.multiplyExact(ms, 1000L));
  }
}
