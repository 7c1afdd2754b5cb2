package tidemark.operators.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.Definition;

/**
 * Lets through the rows of coarser series in those tiers that their rule wants stored. Definitions
 * end here. Costs a look at each row only if some rule leaves a tier out. No state.
 */
public final class TiersOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<PartialBatch, PartialBatch> {
  private static final long serialVersionUID = 1L;
  private static final int ALL_TIERS = 3;

  private transient DefinitionSet definitions;
  private transient Set<Integer> leftOut; // tiers that some rule does without
  private transient MetricNames names;
  private transient PartialReader reader;
  private transient PartialRow row;
  private transient PartialWriter writer;
  private transient StreamRecord<PartialBatch> element;
  private transient List<List<AggregationRule>> versions; // by number of the name

  @Override
  public void open() throws Exception {
    super.open();
    definitions = DefinitionSet.empty();
    leftOut = new TreeSet<>();
    names = new MetricNames(System.nanoTime());
    reader = new PartialReader(names);
    row = new PartialRow();
    writer = new PartialWriter(names, new PartialBatch(1 << 12));
    element = new StreamRecord<>(writer.batch());
    versions = new ArrayList<>();
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) {
    PartialBatch batch = input.getValue();
    if (batch.kind() == PartialBatch.Kind.DEFINITIONS) {
      learn(DefinitionSet.ofBytes(batch.toBytes()));
    } else if (batch.kind() == PartialBatch.Kind.PARTIALS
        && leftOut.contains(batch.tierSeconds())) {
      filter(batch);
    } else {
      output.collect(input);
    }
  }

  private void learn(DefinitionSet known) {
    definitions = known;
    versions.clear();
    leftOut.clear();
    for (Definition definition : known.all()) {
      if (definition instanceof AggregationRule rule && rule.tiers().size() < ALL_TIERS) {
        for (int tier : List.of(10, 60, 3600)) {
          if (!rule.tiers().contains(tier)) {
            leftOut.add(tier);
          }
        }
      }
    }
  }

  private void filter(PartialBatch batch) {
    writer.begin(batch.keyGroup(), batch.tierSeconds());
    reader.open(batch);
    while (reader.next(row)) {
      if (isStored(batch.tierSeconds())) {
        writer.write(row);
      }
    }
    if (writer.rows() > 0) {
      output.collect(element);
    }
  }

  /**
   * By the version in force when the row's window began, or the first one: a rule may begin within
   * a window of a coarse tier.
   */
  private boolean isStored(int tierSeconds) {
    List<AggregationRule> known = versionsOf(row.name);
    AggregationRule inForce = null;
    for (AggregationRule version : known) {
      if (inForce == null || version.fromMs() <= row.windowStartMs) {
        inForce = version;
      }
    }
    return inForce == null || inForce.tiers().contains(tierSeconds);
  }

  private List<AggregationRule> versionsOf(int name) {
    while (versions.size() <= name) {
      MetricNames.Name each = names.name(versions.size());
      String rule = CoarserSeries.rule(new String(each.metric(), UTF_8));
      List<AggregationRule> found = new ArrayList<>();
      for (Definition version :
          definitions.versionsOf(Definition.Kind.RULE, new String(each.org(), UTF_8), rule)) {
        if (version instanceof AggregationRule known) {
          found.add(known);
        }
      }
      versions.add(found);
    }
    return versions.get(name);
  }
}
