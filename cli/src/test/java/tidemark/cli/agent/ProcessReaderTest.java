package tidemark.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tidemark.cli.agent.ProcessReader.CpuTime;

class ProcessReaderTest {
  @Test
  void oneBusyCoreIsAHundredPercent() {
    assertThat(new CpuTime(1, 3_000, 6_000).percentSince(new CpuTime(1, 2_000, 5_000)))
        .hasValue(100.0);
    assertThat(new CpuTime(1, 4_000, 6_000).percentSince(new CpuTime(1, 2_000, 5_000)))
        .hasValue(200.0);
    assertThat(new CpuTime(1, 2_000, 6_000).percentSince(new CpuTime(1, 2_000, 5_000)))
        .hasValue(0.0);
  }

  @Test
  void aPidThatWasGivenAgainHasNoShareYet() {
    assertThat(new CpuTime(5_500, 100, 6_000).percentSince(new CpuTime(1, 2_000, 5_000))).isEmpty();
  }

  @Test
  void noTimeBetweenTwoLooksIsNoShare() {
    assertThat(new CpuTime(1, 100, 6_000).percentSince(new CpuTime(1, 50, 6_000))).isEmpty();
  }

  @Test
  void timeTakenBackIsNoShare() {
    assertThat(new CpuTime(1, 40, 6_000).percentSince(new CpuTime(1, 50, 5_000))).isEmpty();
  }

  @Test
  void aKernelWorkerKeepsItsName() {
    assertThat(ProcessReader.programName("kworker/0:1-events")).isEqualTo("kworker/0:1");
    assertThat(ProcessReader.programName("kworker/u8:0+ext4-rsv")).isEqualTo("kworker/u8:0");
    assertThat(ProcessReader.programName("my-server")).isEqualTo("my-server");
  }
}
