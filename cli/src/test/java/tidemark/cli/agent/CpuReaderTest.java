package tidemark.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import oshi.hardware.CentralProcessor.TickType;

class CpuReaderTest {
  /** User, nice, system, idle, iowait, irq, softirq, steal. */
  private static final long[] BEFORE = {100, 0, 100, 1_000, 50, 0, 0, 0};

  @Test
  void waitingForDisksIsNotBusy() {
    long[] now = {130, 0, 110, 1_050, 60, 0, 0, 0};

    assertThat(CpuReader.busyPercent(BEFORE, now)).hasValue(40.0);
    assertThat(CpuReader.statePercent(BEFORE, now, TickType.USER)).hasValue(30.0);
    assertThat(CpuReader.statePercent(BEFORE, now, TickType.IOWAIT)).hasValue(10.0);
  }

  @Test
  void noTicksAreNoReading() {
    assertThat(CpuReader.busyPercent(BEFORE, BEFORE.clone())).isEmpty();
    assertThat(CpuReader.statePercent(BEFORE, BEFORE.clone(), TickType.IDLE)).isEmpty();
  }

  @Test
  void ticksThatTheSystemTakesBackDoNotMakeItNegative() {
    long[] now = {110, 0, 100, 1_010, 40, 0, 0, 0};

    assertThat(CpuReader.busyPercent(BEFORE, now)).hasValue(50.0);
  }
}
