package tidemark.operators.expire;

import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;
import tidemark.serde.table.LedgerRows;
import tidemark.serde.table.RollupsTable;

/**
 * Says in the properties of the rollups table since when each tier is kept, before its older days
 * go: whoever compares two tiers must know what is missing on purpose. Never moves back, for what
 * is gone on one branch stays so.
 */
final class KeptFrom {
  private static final long DAY_MS = 86_400_000L;

  private KeptFrom() {}

  /** Commits only when the first day kept of some tier is another. */
  static void mark(Table rollups, ExpireConfig config, long watermarkMs) {
    Map<Integer, Long> retentions = new TreeMap<>();
    retentions.put(10, config.retention10sMs());
    retentions.put(60, config.retention1mMs());
    retentions.put(3600, config.retention1hMs());
    retentions.put(LedgerRows.TIER, config.retention1mMs()); // as Retention has it
    UpdateProperties update = rollups.updateProperties();
    boolean isNews = false;
    for (Map.Entry<Integer, Long> retention : retentions.entrySet()) {
      if (retention.getValue() != ExpireConfig.FOR_EVER) {
        String key = RollupsTable.keptFromProperty(retention.getKey());
        LocalDate firstDay =
            LocalDate.ofEpochDay(Math.floorDiv(watermarkMs - retention.getValue(), DAY_MS));
        String known = rollups.properties().get(key);
        if (known == null || LocalDate.parse(known).isBefore(firstDay)) {
          update.set(key, firstDay.toString());
          isNews = true;
        }
      }
    }
    if (isNews) {
      update.commit();
    }
  }
}
