package tidemark.serde.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.table.LedgerRows;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

/**
 * What a replay's branch recomputes, and from what: all that whoever compares or publishes it has
 * to know. Kept as JSON in a property of the rollups table.
 *
 * @param base snapshot of the branch that is recomputed: what it holds of the selection is what the
 *     replay must come to
 * @param baseEpoch id of the epoch that the snapshot stands at
 * @param offsetsJson next offset of each partition at that epoch, and where the replay ends: {@code
 *     {"topic":{"0":123}}}
 * @param selection points that are counted again; its times are bounds of hours, or none
 * @param coarser which rows of coarser series it makes
 * @param controlEnd offset in the control topic before which all definitions are taken; 0 if none
 *     are
 * @param rules {@link Coarser#AS_IT_IS}: whose rows it makes again, those of others stay as they
 *     are; otherwise empty, and at most {@value #MAX_RULES}, since it is a property of the table
 * @param definitionsHash of all that is counted by, so that a repeated replay finds out if the
 *     topic has other definitions by then; empty if there are none
 */
public record ReplayOrigin(
    long base,
    String baseEpoch,
    String offsetsJson,
    PointSelection selection,
    Coarser coarser,
    long controlEnd,
    Set<Rule> rules,
    String definitionsHash)
    implements Serializable {
  /** Most names of rules. */
  public static final int MAX_RULES = 5_000;

  private static final long HOUR_MS = 3_600_000L;

  /** What becomes of coarser series. */
  public enum Coarser {
    /** None are made, so none are compared or published. */
    NONE,
    /** By each rule while it was in force. */
    AS_IT_WAS,
    /** By the rules of now, as if they had always been there. */
    AS_IT_IS
  }

  /** A rule's name. */
  public record Rule(String org, String name) implements Serializable, Comparable<Rule> {
    @Override
    public int compareTo(Rule other) {
      int byOrg = org.compareTo(other.org);
      return byOrg != 0 ? byOrg : name.compareTo(other.name);
    }
  }

  /** Of a replay without coarser series, or of one by every rule. */
  public ReplayOrigin(
      long base, String baseEpoch, String offsetsJson, PointSelection selection, Coarser coarser) {
    this(base, baseEpoch, offsetsJson, selection, coarser, 0, Set.of(), "");
  }

  public ReplayOrigin {
    rules = Set.copyOf(rules);
    if (rules.size() > MAX_RULES) {
      throw new IllegalArgumentException(
          "a replay by the rules of now may have %d of them, got %d: replay fewer orgs at a time"
              .formatted(MAX_RULES, rules.size()));
    }
    if (!isHour(selection.fromMs()) || !isHour(selection.toMs())) {
      throw new IllegalArgumentException(
          "a replay must begin and end at full hours, or hours would be counted by half, got %d to %d"
              .formatted(selection.fromMs(), selection.toMs()));
    }
  }

  private static boolean isHour(long timeMs) {
    return timeMs == Long.MIN_VALUE
        || timeMs == Long.MAX_VALUE
        || Math.floorMod(timeMs, HOUR_MS) == 0;
  }

  /**
   * Whether a row is one that the replay makes again, if it belongs to anything.
   *
   * @param tierSeconds its tier; the ledger counts points of all metrics, so it is covered only
   *     with them
   */
  public boolean covers(int tierSeconds, String org, String metric) {
    if (tierSeconds == LedgerRows.TIER) {
      return selection.takesOrg(org) && selection.isOfAllMetrics();
    }
    return CoarserSeries.isName(metric)
        ? coversCoarser(org, metric)
        : selection.takesSeries(org, metric);
  }

  private boolean coversCoarser(String org, String metric) {
    if (!selection.takesSeries(org, CoarserSeries.metric(metric))) {
      return false;
    }
    return switch (coarser) {
      case NONE -> false;
      case AS_IT_WAS -> true;
      case AS_IT_IS -> rules.contains(new Rule(org, CoarserSeries.rule(metric)));
    };
  }

  public String toJson() {
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("base", base);
    json.put("base_epoch", baseEpoch);
    json.put("offsets", offsetsJson);
    json.put("from_ms", selection.fromMs());
    json.put("to_ms", selection.toMs());
    selection.orgs().forEach(json.putArray("orgs")::add);
    selection.metrics().forEach(pattern -> json.withArray("metrics").add(pattern.text()));
    json.put("coarser", coarser.name());
    if (coarser != Coarser.NONE) {
      json.put("control_end", controlEnd);
      json.put("definitions_hash", definitionsHash);
      new TreeSet<>(rules)
          .forEach(rule -> json.withArray("rules").addArray().add(rule.org()).add(rule.name()));
    }
    return json.toString();
  }

  public static ReplayOrigin ofJson(String text) {
    JsonNode json;
    try {
      json = JsonUtil.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the origin of a replay is no JSON: " + text, e);
    }
    List<TextPattern> metrics = new ArrayList<>();
    json.path("metrics").forEach(pattern -> metrics.add(new TextPattern(pattern.asText())));
    List<String> orgs = new ArrayList<>();
    json.path("orgs").forEach(org -> orgs.add(org.asText()));
    Set<Rule> rules = new HashSet<>();
    json.path("rules")
        .forEach(rule -> rules.add(new Rule(rule.path(0).asText(), rule.path(1).asText())));
    return new ReplayOrigin(
        json.path("base").asLong(),
        json.path("base_epoch").asText(),
        json.path("offsets").asText(),
        new PointSelection(
            orgs, metrics, json.path("from_ms").asLong(), json.path("to_ms").asLong()),
        Coarser.valueOf(json.path("coarser").asText()),
        json.path("control_end").asLong(),
        rules,
        json.path("definitions_hash").asText());
  }
}
