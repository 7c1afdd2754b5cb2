package tidemark.cli.notify;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Time that goes by only when it is waited for. For one thread. */
final class FakeTimer implements Timer {
  private final List<Duration> waits = new ArrayList<>();
  private final int waitsUntilEnd;
  private long nanos;

  /**
   * @param waitsUntilEnd the wait in which the work ends
   */
  FakeTimer(int waitsUntilEnd) {
    this.waitsUntilEnd = waitsUntilEnd;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public boolean await(Duration time) {
    waits.add(time);
    nanos += time.toNanos();
    return goesOn();
  }

  @Override
  public boolean goesOn() {
    return waits.size() < waitsUntilEnd;
  }

  List<Duration> waits() {
    return waits;
  }
}
