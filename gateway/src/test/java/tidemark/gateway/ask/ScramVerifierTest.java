package tidemark.gateway.ask;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScramVerifierTest {
  /** What PostgreSQL keeps of the password and the salt of RFC 7677, section 3. */
  private static final String PENCIL =
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
          + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

  private static final String AUTH_MESSAGE =
      "n=user,r=rOprNGfwEbeRWgbNEkqO,"
          + "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,"
          + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

  private static final String CLIENT_PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SERVER_SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  @Test
  void theExampleOfRfc7677Proves() throws GeneralSecurityException {
    ScramVerifier verifier = ScramVerifier.parse(PENCIL);

    byte[] clientSignature = hmac(verifier.storedKey(), AUTH_MESSAGE);
    byte[] clientKey = Base64.getDecoder().decode(CLIENT_PROOF);
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= clientSignature[i];
    }
    assertThat(MessageDigest.getInstance("SHA-256").digest(clientKey))
        .isEqualTo(verifier.storedKey());
    assertThat(Base64.getEncoder().encodeToString(hmac(verifier.serverKey(), AUTH_MESSAGE)))
        .isEqualTo(SERVER_SIGNATURE);
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(US_ASCII));
  }

  @Test
  void itsPasswordAndNoOtherIsProved() {
    ScramVerifier verifier = ScramVerifier.parse(PENCIL);

    assertThat(verifier.proves("pencil")).isTrue();
    assertThat(verifier.proves("pencil ")).isFalse();
    assertThat(verifier.proves("Pencil")).isFalse();
    assertThat(verifier.proves("")).isFalse();
  }

  @Test
  void theTextFormIsPostgres() {
    ScramVerifier verifier = ScramVerifier.parse(PENCIL);

    assertThat(verifier.text()).isEqualTo(PENCIL);
    assertThat(verifier.iterations()).isEqualTo(4096);
    assertThat(verifier.salt()).isEqualTo(Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="));
  }

  @Test
  void freshVerifiersDifferAndProve() {
    SecureRandom random = new SecureRandom();
    ScramVerifier one = ScramVerifier.ofPassword("pässwörd ✓", random);
    ScramVerifier two = ScramVerifier.ofPassword("pässwörd ✓", random);

    assertThat(one.text()).isNotEqualTo(two.text());
    assertThat(ScramVerifier.parse(one.text()).proves("pässwörd ✓")).isTrue();
    assertThat(ScramVerifier.parse(two.text()).proves("passwörd ✓")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pencil",
        "md5a3556571e93b0d20722ba62be61e8c2d",
        "SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==$AA==:AA==",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$AA==",
        "SCRAM-SHA-256$-4096:W22ZaJ0SNY7soEsUEjb6gQ==$AA==:AA==",
        "SCRAM-SHA-256$99999999:W22ZaJ0SNY7soEsUEjb6gQ==$AA==:AA==",
        "SCRAM-SHA-256$4096:$AA==:AA==",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$AA==:AA==:AA=="
      })
  void malformedTextIsRefusedAndNotRepeated(String text) {
    assertThatThrownBy(() -> ScramVerifier.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a secret must be SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "4095", "1000001"})
  void iterationsHaveBounds(String iterations) {
    assertThatThrownBy(() -> ScramVerifier.parse(PENCIL.replace("$4096:", "$" + iterations + ":")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("iterations of a secret must be 4096 to 1000000, got " + iterations);
  }

  @ParameterizedTest
  @ValueSource(strings = {"AA==", "not base64", "====", "AA==\n"})
  void keysThatAreNone(String key) {
    String text = PENCIL.replace("WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", key);

    assertThatThrownBy(() -> ScramVerifier.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void printingTellsNoSecret() {
    assertThat(ScramVerifier.parse(PENCIL)).hasToString("ScramVerifier[iterations=4096]");
  }
}
