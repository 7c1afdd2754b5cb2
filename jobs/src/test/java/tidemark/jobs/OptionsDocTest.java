package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;
import tidemark.operators.admit.AdmitOptions;
import tidemark.operators.archive.ArchiveOptions;
import tidemark.operators.combine.CombineOptions;
import tidemark.operators.compact.CompactOptions;
import tidemark.operators.control.ControlOptions;
import tidemark.operators.decode.DecodeOptions;
import tidemark.operators.expire.ExpireOptions;
import tidemark.operators.feed.FeedOptions;
import tidemark.operators.rollup.RollupOptions;
import tidemark.operators.rules.RulesOptions;
import tidemark.operators.store.StoreOptions;
import tidemark.operators.watch.WatchOptions;
import tidemark.operators.watermark.WatermarkOptions;

/** docs/options.md lists every option of all jobs as the code declares it. */
class OptionsDocTest {
  private static final List<Class<?>> DECLARING =
      List.of(
          SourceOptions.class,
          WatermarkOptions.class,
          DecodeOptions.class,
          AdmitOptions.class,
          CombineOptions.class,
          RollupOptions.class,
          StoreOptions.class,
          ShardOptions.class,
          FeedOptions.class,
          ControlOptions.class,
          RulesOptions.class,
          WatchOptions.class,
          VerdictOptions.class);

  /** Options of the store that say where the tables are, which all jobs have. */
  private static final List<ConfigOption<?>> SHARED =
      List.of(StoreOptions.WAREHOUSE, StoreOptions.CATALOG_URI, StoreOptions.CATALOG_NAME);

  @Test
  void everyDeclaredOptionIsKnownToTheCommandLine() throws Exception {
    assertThat(MainOptions.ALL).containsExactlyElementsOf(declared(DECLARING));
    List<ConfigOption<?>> stages =
        declared(
            List.of(
                WatermarkOptions.class,
                DecodeOptions.class,
                AdmitOptions.class,
                CombineOptions.class,
                RollupOptions.class,
                StoreOptions.class,
                ShardOptions.class));
    stages.removeAll(List.of(StoreOptions.BRANCH, StoreOptions.ON_EXISTING, StoreOptions.ON_AHEAD));
    List<ConfigOption<?>> replay = declared(List.of(ReplayOptions.class));
    replay.addAll(List.of(SourceOptions.BOOTSTRAP_SERVERS, SourceOptions.TOPIC));
    stages.addAll(
        stages.indexOf(StoreOptions.WAREHOUSE),
        declared(List.of(ControlOptions.class, RulesOptions.class)));
    replay.addAll(stages);
    assertThat(ReplayOptions.ALL).containsExactlyElementsOf(replay);
    List<ConfigOption<?>> shadow = declared(List.of(ShadowOptions.class));
    assertThat(ShadowOptions.ALL.subList(0, shadow.size())).containsExactlyElementsOf(shadow);
    assertThat(MainOptions.ALL)
        .containsAll(ShadowOptions.ALL.subList(shadow.size(), ShadowOptions.ALL.size()));
    List<ConfigOption<?>> maintain = new ArrayList<>(SHARED);
    maintain.add(ArchiveOptions.FOLDER);
    maintain.addAll(
        declared(List.of(MaintainOptions.class, CompactOptions.class, ExpireOptions.class)));
    assertThat(MaintainOptions.ALL).containsExactlyElementsOf(maintain);
    List<ConfigOption<?>> compare = new ArrayList<>(SHARED);
    compare.addAll(declared(List.of(CompareOptions.class)));
    assertThat(CompareOptions.ALL).containsExactlyElementsOf(compare);
    List<ConfigOption<?>> publish = new ArrayList<>(SHARED);
    publish.addAll(declared(List.of(PublishOptions.class)));
    assertThat(PublishOptions.ALL).containsExactlyElementsOf(publish);
    assertThat(ArchiveJobOptions.ALL)
        .containsAll(SHARED)
        .containsAll(declared(List.of(ArchiveOptions.class, ShardOptions.class)));
    assertThat(ShardMapOptions.ALL).containsAll(declared(List.of(ShardMapOptions.class)));
  }

  private static List<ConfigOption<?>> declared(List<Class<?>> classes) throws Exception {
    List<ConfigOption<?>> declared = new ArrayList<>();
    for (Class<?> options : classes) {
      for (Field field : options.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == ConfigOption.class) {
          field.setAccessible(true);
          declared.add((ConfigOption<?>) field.get(null));
        }
      }
    }
    return declared;
  }

  @Test
  void theDocumentSaysWhatTheCodeSays() throws Exception {
    Path document = Path.of("..", "docs", "options.md");
    assertThat(Files.readString(document))
        .as("%s must have the tables that this test expects", document)
        .contains(table(MainOptions.ALL) + "\n#")
        .contains(table(ReplayOptions.ALL.subList(0, 12)) + "\n#")
        .contains(table(ShadowOptions.ALL.subList(0, 4)) + "\n#")
        .contains(table(CompareOptions.ALL) + "\n#")
        .contains(table(PublishOptions.ALL) + "\n#")
        .contains(table(MaintainOptions.ALL) + "\n#")
        .contains(table(ShardMapOptions.ALL) + "\n#")
        .endsWith(table(ArchiveJobOptions.ALL));
  }

  private static String table(List<ConfigOption<?>> options) {
    StringBuilder table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
    for (ConfigOption<?> option : options) {
      table
          .append("| `")
          .append(option.key())
          .append("` | ")
          .append(defaultOf(option))
          .append(" | ")
          .append(new HtmlFormatter().format(option.description()))
          .append(" |\n");
    }
    return table.toString();
  }

  private static String defaultOf(ConfigOption<?> option) {
    Object value = option.defaultValue();
    if (value == null) {
      return "required";
    }
    if (value instanceof Duration duration) {
      return TimeUtils.formatWithHighestUnit(duration);
    }
    String text =
        value instanceof List<?> list
            ? String.join(";", list.toArray(String[]::new))
            : value.toString();
    return text.isEmpty()
        ? "empty"
        : "`" + (value instanceof Enum ? text.toLowerCase(Locale.ROOT) : text) + "`";
  }
}
