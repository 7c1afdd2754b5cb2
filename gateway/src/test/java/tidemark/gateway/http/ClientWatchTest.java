package tidemark.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientWatchTest {
  @ParameterizedTest
  @CsvSource({
    "0100007F:1F90, 127.0.0.1, 8080",
    "0A01A8C0:0050, 192.168.1.10, 80",
    "0000000000000000FFFF00000100007F:1F90, 127.0.0.1, 8080",
    "00000000000000000000000001000000:0001, ::1, 1",
    "B80D01200000000000000000010000FF:FFFF, 2001:db8::ff00:1, 65535",
  })
  void theKernelsAddressesAreRead(String text, String host, int port) throws UnknownHostException {
    assertThat(ClientWatch.address(text)).isEqualTo(new InetSocketAddress(host, port));
  }
}
