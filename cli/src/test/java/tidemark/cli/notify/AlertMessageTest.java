package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tidemark.serde.verdict.VerdictJson;
import tidemark.state.monitor.VerdictStatus;

final class AlertMessageTest {
  @Test
  void theKeyIsOfIdRevisionStatusAndPoints() {
    AlertMessage alert = AlertMessage.of(TestAlerts.alert("0af9", VerdictStatus.WARN));
    assertThat(alert.idempotencyKey()).isEqualTo("0af9-3-warn-12");
    assertThat(alert.org()).isEqualTo("acme");
  }

  @Test
  void whatAHeaderCannotHoldIsEncoded() {
    AlertMessage alert =
        AlertMessage.of(TestAlerts.alert("a\r\nb", VerdictStatus.OK, "org/ü:\u0000", "slow"));
    assertThat(alert.idempotencyKey()).isEqualTo("a%0D%0Ab-3-ok-12");
    assertThat(alert.org()).isEqualTo("org/%C3%BC:%00");
  }

  @Test
  void whatIsNoAlertIsRefused() {
    byte[] verdict = VerdictJson.of(TestAlerts.verdict("ab", VerdictStatus.OK, "acme", "slow"));
    assertThatThrownBy(() -> AlertMessage.of(verdict))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an alert must have the field 'before'");
    for (byte[] bytes : new byte[][] {null, {}, "[".getBytes(UTF_8), "{}".getBytes(UTF_8)}) {
      assertThatThrownBy(() -> AlertMessage.of(bytes)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
