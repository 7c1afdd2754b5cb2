package tidemark.operators.expire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.junit.jupiter.api.Test;
import tidemark.serde.table.RollupsTable;

class KeptFromTest {
  private static final ExpireConfig CONFIG =
      ExpireConfig.from(
          Configuration.fromMap(
              Map.of(
                  "tidemark.retention.10s", "2 d",
                  "tidemark.retention.1m", "7 d",
                  "tidemark.retention.1h", "0 s")));

  @Test
  void theFirstDaysKeptAreToldAndNeverMoveBack() throws IOException {
    try (InMemoryCatalog catalog = new InMemoryCatalog()) {
      catalog.initialize("tidemark", Map.of());
      catalog.createNamespace(Namespace.of(RollupsTable.NAMESPACE));
      Table rollups = catalog.createTable(RollupsTable.ID, RollupsTable.SCHEMA, RollupsTable.SPEC);

      KeptFrom.mark(rollups, CONFIG, Instant.parse("2026-03-10T01:00:00Z").toEpochMilli());

      assertThat(rollups.properties())
          .containsEntry("tidemark.kept-from.10", "2026-03-08")
          .containsEntry("tidemark.kept-from.60", "2026-03-03")
          .containsEntry("tidemark.kept-from.0", "2026-03-03")
          .doesNotContainKey("tidemark.kept-from.3600");

      KeptFrom.mark(rollups, CONFIG, Instant.parse("2026-03-09T01:00:00Z").toEpochMilli());
      assertThat(rollups.properties()).containsEntry("tidemark.kept-from.10", "2026-03-08");

      KeptFrom.mark(rollups, CONFIG, Instant.parse("2026-03-12T00:00:00Z").toEpochMilli());
      assertThat(rollups.properties()).containsEntry("tidemark.kept-from.10", "2026-03-10");
    }
  }
}
