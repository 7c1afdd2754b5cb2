package tidemark.gateway.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;

/** Records that are none: they are counted and do no harm. */
class RuleBookTest {
  private static final long T0 = 1_795_823_940_000L;

  private final RuleBook book = new RuleBook();

  @Test
  void aTimeThatNoBrokerHasIsCountedAndLeftOut() {
    for (long brokerTimeMs : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 9_999, Long.MIN_VALUE}) {
      accept(rule("a", 0), brokerTimeMs);
      book.readTo(brokerTimeMs);
    }
    assertThat(book.unreadable()).isEqualTo(3);
    accept(rule("b", 0), T0);
    assertThat(book.of("acme").spans()).extracting(span -> span.rule().name()).containsExactly("b");
    assertThat(book.of("acme").toMs()).isEqualTo(T0 + 10_000);
  }

  @Test
  void whatIsNoDefinitionIsCounted() {
    book.accept("rule/acme/a/1", "{".getBytes(StandardCharsets.UTF_8), T0);
    book.accept("nothing", new byte[0], T0);
    assertThat(book.unreadable()).isEqualTo(2);
  }

  private void accept(Definition definition, long brokerTimeMs) {
    book.accept("rule/acme/x/1", DefinitionCodec.toJson(definition), brokerTimeMs);
  }

  private static AggregationRule rule(String name, long fromMs) {
    String json =
        """
        {"v":1,"kind":"rule","org":"acme","name":"%s","version":1,"from_ms":%d,"metric":"m",
         "keep":[],"types":["gauge"],"tiers":["10s"],"max_series":1}
        """
            .formatted(name, fromMs);
    return (AggregationRule) DefinitionCodec.ofJson(json.getBytes(StandardCharsets.UTF_8));
  }
}
