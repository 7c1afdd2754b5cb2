package tidemark.gateway.verdicts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;
import tidemark.state.monitor.WindowValue;

/** Random verdicts of two orgs, as a job could say them. */
final class SampleVerdicts {
  static final long START_MS = 1_772_359_200_000L; // 2026-03-01T10:00:00Z
  static final long STEP_MS = 60_000;
  static final List<String> ORGS = List.of("acme", "umbra");

  /** Among them some whose tags look alike once they are put together. */
  static final List<List<String>> GROUPS =
      List.of(
          List.of(),
          List.of("service:web"),
          List.of("service:web", "zone:a"),
          List.of("service:web,zone:a"),
          List.of("service:it's \"ü\"", "zone:"),
          List.of("service:a\\", "zone:b"),
          List.of("service:a\\,zone:b"));

  private SampleVerdicts() {}

  static VerdictSubject subject(String org, String monitor, int version, int group) {
    return new VerdictSubject(org, monitor, version, GROUPS.get(group));
  }

  /** Of the window that ends so many steps after the start. */
  static Verdict of(
      VerdictSubject subject, int window, int revision, VerdictStatus status, Random random) {
    long endMs = START_MS + window * STEP_MS;
    boolean isEmpty = status == VerdictStatus.NO_DATA || status == VerdictStatus.INCOMPLETE;
    Set<VerdictMark> marks = EnumSet.noneOf(VerdictMark.class);
    for (VerdictMark mark : VerdictMark.values()) {
      if (random.nextInt(4) == 0) {
        marks.add(mark);
      }
    }
    Evidence evidence =
        new Evidence(
            random.nextInt(9) == 0 ? Long.MIN_VALUE : endMs + random.nextInt(100_000),
            random.nextBoolean() ? Completeness.PROVEN : Completeness.ESTIMATED,
            "{\"points/0\":%d,\"points/1\":%d}".formatted(window, random.nextInt(3)),
            status == VerdictStatus.INCOMPLETE ? List.of("points/0", "points/7") : List.of());
    return new Verdict(
        subject.verdictId(endMs),
        revision,
        subject,
        endMs - 5 * STEP_MS,
        endMs,
        status,
        isEmpty ? WindowValue.NONE : random.nextGaussian() * 100,
        isEmpty ? 0 : 1 + random.nextInt(1000),
        evidence,
        marks);
  }

  /** For each group most windows, with up to three revisions, in no order: also of revisions. */
  static List<Verdict> world(Random random, int windows) {
    List<Verdict> verdicts = new ArrayList<>();
    for (String org : ORGS) {
      for (String monitor : List.of("latency", "errors")) {
        for (int version = 1; version <= 2; version++) {
          for (int group = 0; group < GROUPS.size(); group++) {
            addGroup(subject(org, monitor, version, group), windows, random, verdicts);
          }
        }
      }
    }
    Collections.shuffle(verdicts, random);
    return verdicts;
  }

  private static void addGroup(
      VerdictSubject subject, int windows, Random random, List<Verdict> verdicts) {
    VerdictStatus[] judged = {
      VerdictStatus.OK, VerdictStatus.WARN, VerdictStatus.ALERT, VerdictStatus.NO_DATA
    };
    VerdictStatus status = VerdictStatus.OK;
    for (int window = 0; window < windows; window++) {
      if (random.nextInt(10) == 0) {
        continue;
      }
      int revision = 0;
      if (random.nextInt(6) == 0) {
        verdicts.add(of(subject, window, revision++, VerdictStatus.INCOMPLETE, random));
      }
      if (revision > 0 && random.nextInt(4) == 0) {
        continue; // all that is told of it
      }
      for (int last = revision + random.nextInt(3); revision <= last; revision++) {
        if (random.nextInt(3) == 0) {
          status = judged[random.nextInt(judged.length)];
        }
        verdicts.add(of(subject, window, revision, status, random));
      }
    }
  }

  /** One that stands at the end of a partition. */
  static Verdict end(String org, String id) {
    return new Verdict(
        id,
        0,
        new VerdictSubject(org, "end", 1, List.of()),
        START_MS + 900_000 * STEP_MS,
        START_MS + 900_001 * STEP_MS,
        VerdictStatus.OK,
        1,
        1,
        new Evidence(0, Completeness.PROVEN, "{}", List.of()),
        Set.of());
  }
}
