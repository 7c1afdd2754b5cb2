package tidemark.gateway.verdicts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tidemark.gateway.verdicts.SampleVerdicts.START_MS;
import static tidemark.gateway.verdicts.SampleVerdicts.STEP_MS;
import static tidemark.gateway.verdicts.SampleVerdicts.subject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.query.Relations;
import tidemark.gateway.rules.Rules;
import tidemark.serde.verdict.VerdictJson;
import tidemark.state.SeriesIdentity;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/** From records of the topic to the tables verdicts and alerts, through the whole engine. */
class VerdictTablesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  private VerdictGateway world;

  private VerdictGateway open(int partitions, int maxRows) {
    world = new VerdictGateway(directory, Rules.OFF, partitions, maxRows);
    return world.makeTopic();
  }

  @AfterEach
  void close() {
    if (world != null) {
      world.close();
    }
  }

  // ---- verdicts

  private record Key(String id, int revision) {}

  static Stream<Integer> seeds() {
    return IntStream.range(0, 4).boxed();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theLastRecordOfARevisionCountsAndTheLastOfAWindowIsTheLatest(int seed) {
    Random random = new Random(seed);
    open(3, 1_000_000);
    List<Verdict> sent = SampleVerdicts.world(random, 12);
    for (int i = sent.size() / 4; i > 0; i--) { // said again, with other marks and offsets
      Verdict old = sent.get(random.nextInt(sent.size()));
      int window = (int) ((old.windowEndMs() - START_MS) / STEP_MS);
      sent.add(SampleVerdicts.of(old.subject(), window, old.revision(), old.status(), random));
    }
    Map<Key, Verdict> last = new HashMap<>();
    Map<String, Verdict> lastOfWindow = new HashMap<>();
    for (Verdict verdict : sent) {
      lastOfWindow.put(verdict.id(), verdict);
      last.put(new Key(verdict.id(), verdict.revision()), verdict);
      world.send(verdict);
    }
    world.awaitRead();
    for (String org : SampleVerdicts.ORGS) {
      List<Verdict> expected =
          last.values().stream()
              .filter(verdict -> verdict.subject().org().equals(org))
              .sorted(Comparator.comparing(Verdict::id).thenComparing(Verdict::revision))
              .toList();
      List<List<Object>> rows = world.ask(org, "SELECT * FROM verdicts ORDER BY id, revision");
      assertThat(rows).as("seed %d", seed).hasSameSizeAs(expected);
      for (int i = 0; i < rows.size(); i++) {
        Verdict verdict = expected.get(i);
        assertRow(rows.get(i), verdict, verdict.equals(lastOfWindow.get(verdict.id())));
      }
    }
  }

  private static void assertRow(List<Object> row, Verdict verdict, boolean isLatest) {
    Map<String, String> tags = new HashMap<>();
    verdict
        .subject()
        .group()
        .forEach(tag -> tags.put(SeriesIdentity.key(tag), SeriesIdentity.value(tag)));
    boolean hasWatermark = verdict.evidence().watermarkMs() != Long.MIN_VALUE;
    assertThat(row.get(0)).isEqualTo(verdict.subject().monitor());
    assertThat(row.get(1)).isEqualTo(verdict.subject().version());
    assertThat(json(row.get(2))).isEqualTo(JSON.valueToTree(tags));
    assertThat(ms(row.get(4))).isEqualTo(verdict.windowStartMs());
    assertThat(ms(row.get(5))).isEqualTo(verdict.windowEndMs());
    assertThat(row.get(6)).isEqualTo(verdict.status().name().toLowerCase(Locale.ROOT));
    assertThat(row.get(7)).isEqualTo(verdict.hasValue() ? verdict.value() : null);
    assertThat(row.get(8)).isEqualTo(verdict.points());
    assertThat(row.get(9)).isEqualTo(verdict.revision());
    assertThat(row.get(10)).as("latest of %s", verdict).isEqualTo(isLatest);
    assertThat(row.get(11)).isEqualTo(verdict.evidence().completeness().label());
    assertThat(row.get(12) == null ? null : ms(row.get(12)))
        .isEqualTo(hasWatermark ? verdict.evidence().watermarkMs() : null);
    assertThat(row.get(13)).isEqualTo(verdict.marks().contains(VerdictMark.EARLY));
    assertThat(row.get(14)).isEqualTo(verdict.marks().contains(VerdictMark.LATE));
    assertThat(row.get(15)).isEqualTo(verdict.marks().contains(VerdictMark.AMENDED));
    assertThat(row.get(16)).isEqualTo(verdict.evidence().holding());
    assertThat(json(row.get(17))).isEqualTo(json(verdict.evidence().offsets()));
    assertThat(row.get(18)).isEqualTo(verdict.id());
  }

  private static JsonNode json(Object text) {
    try {
      return JSON.readTree((String) text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  private static long ms(Object time) {
    return ((OffsetDateTime) time).toInstant().toEpochMilli();
  }

  @Test
  void groupsHaveTagsAndATextOfTheirOwn() {
    open(1, 1000);
    Random random = new Random(1);
    for (int group = 0; group < SampleVerdicts.GROUPS.size(); group++) {
      world.send(SampleVerdicts.of(subject("acme", "m", 1, group), 0, 0, VerdictStatus.OK, random));
    }
    world.awaitRead();
    assertThat(world.ask("acme", "SELECT count(DISTINCT group_name) FROM verdicts"))
        .containsExactly(List.of((long) SampleVerdicts.GROUPS.size()));
    assertThat(
            world.ask(
                "acme", "SELECT group_name FROM verdicts WHERE tags['service'] = 'web' ORDER BY 1"))
        .containsExactly(List.of("service:web"), List.of("service:web,zone:a"));
    assertThat(world.ask("acme", "SELECT tags FROM verdicts WHERE group_name = ''"))
        .containsExactly(List.of("{}"));
  }

  // ---- alerts

  @ParameterizedTest
  @MethodSource("seeds")
  void alertsAreTheChangesOfState(int seed) {
    Random random = new Random(1000 + seed);
    open(2, 1_000_000);
    List<Verdict> sent = SampleVerdicts.world(random, 25);
    sent.forEach(world::send);
    world.awaitRead();
    int changes = 0;
    for (String org : SampleVerdicts.ORGS) {
      List<List<Object>> expected = changes(sent, org);
      assertThat(
              world.ask(
                  org,
                  "SELECT monitor, version, id, status, before, value, points, early, late, amended"
                      + " FROM alerts ORDER BY monitor, version, id"))
          .as("seed %d", 1000 + seed)
          .isEqualTo(expected);
      changes += expected.size();
      assertThat(
              world.ask(org, "SELECT window_end FROM alerts").stream().map(row -> ms(row.get(0))))
          .as("the oldest comes first")
          .isSorted()
          .hasSameSizeAs(expected);
    }
    assertThat(changes).isPositive();
  }

  /** By plain loops over what was said. */
  private static List<List<Object>> changes(List<Verdict> sent, String org) {
    Map<String, Verdict> latest = new HashMap<>();
    for (Verdict verdict : sent) {
      if (verdict.subject().org().equals(org)) {
        latest.put(verdict.id(), verdict);
      }
    }
    List<Verdict> inOrder = new ArrayList<>(latest.values());
    inOrder.sort(Comparator.comparingLong(Verdict::windowEndMs));
    Map<Object, VerdictStatus> states = new HashMap<>();
    List<List<Object>> changes = new ArrayList<>();
    for (Verdict verdict : inOrder) {
      if (verdict.status() == VerdictStatus.INCOMPLETE) {
        continue;
      }
      VerdictStatus before = states.getOrDefault(verdict.subject(), VerdictStatus.OK);
      states.put(verdict.subject(), verdict.status());
      if (before != verdict.status()) {
        List<Object> row = new ArrayList<>();
        Collections.addAll(row, verdict.subject().monitor(), verdict.subject().version());
        Collections.addAll(row, verdict.id(), word(verdict.status()), word(before));
        Collections.addAll(row, verdict.hasValue() ? verdict.value() : null, verdict.points());
        for (VerdictMark mark : VerdictMark.values()) {
          row.add(verdict.marks().contains(mark));
        }
        changes.add(row);
      }
    }
    changes.sort(
        Comparator.<List<Object>, String>comparing(row -> (String) row.get(0))
            .thenComparing(row -> (Integer) row.get(1))
            .thenComparing(row -> (String) row.get(2)));
    return changes;
  }

  private static String word(VerdictStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  // ---- walls

  @Test
  void anotherOrgsVerdictsAreNotFound() {
    open(1, 1000);
    Random random = new Random(2);
    world.send(SampleVerdicts.of(subject("acme", "own", 1, 1), 0, 0, VerdictStatus.WARN, random));
    world.send(
        SampleVerdicts.of(subject("umbra", "secret", 1, 1), 0, 0, VerdictStatus.ALERT, random));
    world.awaitRead();
    for (String sql :
        List.of(
            "SELECT monitor FROM verdicts",
            "SELECT monitor FROM \"verdicts\"",
            "SELECT monitor FROM public.verdicts",
            "SELECT monitor FROM VERDICTS WHERE true OR org = 'umbra'",
            "SELECT monitor FROM alerts",
            "SELECT a.monitor FROM alerts a JOIN verdicts v USING (id)",
            "WITH verdict_rows AS (SELECT 'umbra' AS org) SELECT monitor FROM verdicts",
            "WITH main AS (SELECT 'x' AS monitor) SELECT monitor FROM alerts",
            "WITH r AS (SELECT * FROM verdicts) SELECT monitor FROM r",
            "SELECT monitor FROM (SELECT * FROM verdicts) verdict_rows")) {
      if (sql.contains("org =")) {
        assertThatThrownBy(() -> world.ask("acme", sql)).isInstanceOf(AskException.class);
      } else {
        assertThat(world.ask("acme", sql)).as(sql).containsExactly(List.of("own"));
        assertThat(world.ask("umbra", sql)).as(sql).containsExactly(List.of("secret"));
        assertThat(world.ask("no'body", sql)).as(sql).isEmpty();
      }
    }
    for (String name :
        List.of(
            "verdict_rows",
            "main.verdict_rows",
            "memory.main.verdict_rows",
            "\"verdict_rows\"",
            "\"main.verdict_rows\"",
            "temp.main.fresh_verdicts",
            "fresh_verdicts",
            "main.verdict_offsets",
            "temp.verdicts",
            "query_table('verdict_rows')",
            "'verdict_rows'")) {
      assertThatThrownBy(() -> world.ask("acme", "SELECT * FROM " + name))
          .as(name)
          .isInstanceOf(AskException.class);
    }
  }

  @Test
  void aSessionThatAskedBeforeSeesItsOwnOrgOnly() {
    open(1, 1000);
    Random random = new Random(3);
    assertThat(world.ask("acme", "SELECT * FROM verdicts")).isEmpty();
    assertThat(world.ask("umbra", "SELECT * FROM alerts")).isEmpty();
    world.send(SampleVerdicts.of(subject("umbra", "m", 1, 0), 0, 0, VerdictStatus.ALERT, random));
    world.awaitRead();
    assertThat(world.ask("acme", "SELECT * FROM alerts")).isEmpty();
    assertThat(world.ask("umbra", "SELECT * FROM alerts")).hasSize(1);
  }

  /** The statement reads closed windows besides, whose answers would be kept. */
  @Test
  void answersWithVerdictsAreNotKept() {
    open(1, 1000);
    String sql =
        "SELECT (SELECT sum(count) FROM rollups_10s WHERE time >= '2026-03-01 10:00:00Z'"
            + " AND time < '2026-03-01 10:01:00Z') AS points, (SELECT count(*) FROM %s) AS said";
    for (String table : List.of("verdicts", "alerts")) {
      assertThat(world.ask("acme", sql.formatted(table)).get(0).get(1)).isEqualTo(0L);
    }
    world.send(
        SampleVerdicts.of(subject("acme", "m", 1, 0), 0, 0, VerdictStatus.ALERT, new Random(4)));
    world.awaitRead();
    for (String table : List.of("verdicts", "alerts")) {
      List<Object> row = world.ask("acme", sql.formatted(table)).get(0);
      assertThat(row.get(0).toString()).isEqualTo("2");
      assertThat(row.get(1)).isEqualTo(1L);
    }
  }

  @Test
  void tablesHaveTheColumnsThatToolsAreToldOf() {
    open(1, 1000);
    for (Relations.Relation relation : Relations.ALL) {
      if (Set.of("verdicts", "alerts", "monitors").contains(relation.name())) {
        try (Session session = world.gateway().open("acme");
            PreparedQuery all = session.prepare("SELECT * FROM " + relation.name())) {
          assertThat(all.columns()).as(relation.name()).isEqualTo(relation.columns());
        }
        String names =
            String.join(", ", relation.columns().stream().map(column -> column.name()).toList());
        assertThat(world.ask("acme", "SELECT " + names + " FROM " + relation.name())).isEmpty();
      }
    }
  }

  // ---- reading

  @Test
  void badRecordsAreCountedAndReadingGoesOn() {
    open(1, 1000);
    Verdict good =
        SampleVerdicts.of(subject("acme", "m", 1, 0), 0, 0, VerdictStatus.OK, new Random(5));
    byte[] other = "{\"v\":9}".getBytes(UTF_8);
    for (byte[] bad :
        new byte[][] {
          null, {}, {1, 2, 3}, "{}".getBytes(UTF_8), "[1]".getBytes(UTF_8), other, timeless()
        }) {
      world.send(0, bad);
    }
    world.send(good);
    world.awaitRead();
    assertThat(world.gateway().verdictsUnreadable()).isEqualTo(7);
    assertThat(world.gateway().trouble()).isEmpty();
    assertThat(world.ask("acme", "SELECT id FROM verdicts")).containsExactly(List.of(good.id()));
  }

  /** A verdict that reads well, of a window that no table can hold. */
  private static byte[] timeless() {
    Verdict end = SampleVerdicts.end("acme", "timeless");
    return new String(VerdictJson.of(end), UTF_8)
        .replaceAll("\"window_end_ms\":\\d+", "\"window_end_ms\":" + Long.MAX_VALUE)
        .getBytes(UTF_8);
  }

  @Test
  void aTopicThatComesLaterIsWaitedFor() {
    world = new VerdictGateway(directory, Rules.OFF, 2, 1000);
    assertThat(world.ask("acme", "SELECT * FROM verdicts")).isEmpty();
    world.makeTopic();
    world.send(
        SampleVerdicts.of(subject("acme", "m", 1, 0), 0, 0, VerdictStatus.OK, new Random(6)));
    world.awaitRead();
    assertThat(world.ask("acme", "SELECT count(*) FROM verdicts")).containsExactly(List.of(1L));
  }

  // ---- bound

  @Test
  void theOldestWindowsGoWhileStatementsRead() {
    int max = 2_000;
    open(1, max);
    Random random = new Random(7);
    Map<String, Long> ends = new HashMap<>();
    int window = 0;
    for (int round = 0; round < 60; round++) {
      for (int i = 0; i < 200; i++) {
        int group = random.nextInt(SampleVerdicts.GROUPS.size());
        Verdict verdict =
            SampleVerdicts.of(
                subject("acme", "m", 1, group), window, 0, VerdictStatus.WARN, random);
        if (ends.putIfAbsent(verdict.id(), verdict.windowEndMs()) == null) {
          world.send(verdict);
        }
        window += random.nextInt(2);
      }
      List<Object> row =
          world
              .ask("acme", "SELECT count(*), count(DISTINCT id), count(offsets) FROM verdicts")
              .get(0);
      assertThat((Long) row.get(0)).isLessThanOrEqualTo(max);
      assertThat(row.get(1)).isEqualTo(row.get(0));
      assertThat(row.get(2)).as("offsets are found").isEqualTo(row.get(0));
    }
    world.awaitRead();
    Set<String> kept = new HashSet<>();
    world.ask("acme", "SELECT id FROM verdicts").forEach(row -> kept.add((String) row.get(0)));
    long oldestKept = kept.stream().mapToLong(ends::get).min().orElseThrow();
    assertThat(kept.size()).isBetween(max - max / 20 - 1, max);
    assertThat(ends.entrySet())
        .allSatisfy(
            each -> {
              if (!kept.contains(each.getKey())) {
                assertThat(each.getValue()).isLessThanOrEqualTo(oldestKept);
              }
            });
    assertThat(world.gateway().verdictRowsHeld()).isEqualTo(kept.size() + 1); // and the end
    assertThat(world.gateway().verdictsDropped()).isEqualTo(ends.size() - kept.size());

    world.send(SampleVerdicts.of(subject("acme", "old", 1, 0), 0, 0, VerdictStatus.OK, random));
    world.awaitRead();
    assertThat(world.ask("acme", "SELECT * FROM verdicts WHERE monitor = 'old'")).isEmpty();
  }
}
