package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricNamesTest {
  private record Asked(MetricType type, String org, String metric) {}

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void aNameKeepsItsNumberAndSharesItWithNone(long seed) {
    Random random = new Random(seed);
    MetricNames names = new MetricNames(seed);
    List<Asked> pool = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      // alike at both ends and in length, as names of one service are; some of them short
      String metric = i % 3 == 0 ? "m" + i % 10 : "latency.%03d.of.calls".formatted(i);
      MetricType type = MetricType.values()[random.nextInt(3)];
      pool.add(new Asked(type, "org" + random.nextInt(2), metric));
    }
    pool.add(new Asked(MetricType.GAUGE, "org", ""));
    for (int round = 0; round < 2; round++) {
      Map<Asked, Integer> numbers = new HashMap<>();
      for (int i = 0; i < 5_000; i++) {
        Asked asked = pool.get(random.nextInt(pool.size()));
        int number = number(names, asked, random.nextInt(5));
        assertThat(numbers.computeIfAbsent(asked, added -> numbers.size()))
            .as("seed %s, %s", seed, asked)
            .isEqualTo(number);
        MetricNames.Name name = names.name(number);
        assertThat(new String(name.metric(), StandardCharsets.UTF_8)).isEqualTo(asked.metric);
        assertThat(new String(name.org(), StandardCharsets.UTF_8)).isEqualTo(asked.org);
        assertThat(name.type()).isEqualTo(asked.type);
      }
      names.clear();
    }
  }

  private static int number(MetricNames names, Asked asked, int offset) {
    byte[] org = asked.org.getBytes(StandardCharsets.UTF_8);
    byte[] metric = asked.metric.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[offset + org.length + metric.length];
    System.arraycopy(org, 0, bytes, offset, org.length);
    System.arraycopy(metric, 0, bytes, offset + org.length, metric.length);
    int metricAt = offset + org.length;
    return names.number(asked.type, bytes, offset, org.length, metricAt, metric.length);
  }
}
