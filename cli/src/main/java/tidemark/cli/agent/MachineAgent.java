package tidemark.cli.agent;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import oshi.SystemInfo;

/**
 * Reads the machine at each full second and sends what it read.
 *
 * <p>A second that begins while an older one is still on its way is left out: gauges have no
 * reading in it, counters put it into the next delta. Runs in the thread that calls {@link #run}.
 */
public final class MachineAgent {
  private static final Logger LOG = LoggerFactory.getLogger(MachineAgent.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
  static final long SECOND_MS = 1_000;

  private final AgentConfig config;
  private final Clock clock;
  private final CpuReader cpu;
  private final DeviceReader devices;
  private final ProcessReader processes;
  private final CounterDeltas deltas = new CounterDeltas();

  public MachineAgent(AgentConfig config, Clock clock) {
    SystemInfo system = new SystemInfo();
    this.config = config;
    this.clock = clock;
    this.cpu = new CpuReader(system.getHardware().getProcessor(), deltas);
    this.devices = new DeviceReader(system, deltas);
    this.processes = new ProcessReader(system.getOperatingSystem());
  }

  /** The name of this machine, as its network knows it. */
  public static String hostName() {
    return new SystemInfo().getOperatingSystem().getNetworkParams().getHostName();
  }

  /** Goes on while it is told to, and then sends what it has begun. */
  public void run(BooleanSupplier goesOn) throws InterruptedException {
    KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(config.producerConfig());
    try {
      int partitions = producer.partitionsFor(config.topic()).size();
      BatchSender sender = new BatchSender(producer, config, partitions);
      LOG.info(
          "agent of host {} sends to {} in {} partitions",
          config.host(),
          config.topic(),
          partitions);
      while (goesOn.getAsBoolean()) {
        long secondMs = nextSecondMs(clock.millis());
        sleepUntil(secondMs);
        round(sender, secondMs);
      }
    } finally {
      producer.close(CLOSE_LIMIT);
    }
  }

  /** Never returns early: nothing may be read of a second that has not begun. */
  private void sleepUntil(long ms) throws InterruptedException {
    for (long left = ms - clock.millis(); left > 0; left = ms - clock.millis()) {
      TimeUnit.MILLISECONDS.sleep(left);
    }
  }

  private void round(BatchSender sender, long secondMs) throws InterruptedException {
    long startNanos = System.nanoTime();
    sender.begin(secondMs);
    cpu.read(sender);
    devices.read(sender);
    processes.read(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), sender);
    deltas.endRound();
    long readNanos = System.nanoTime();
    sender.send();
    long sentNanos = System.nanoTime();
    report(
        new AgentStatus(
            secondMs,
            sender.points(),
            sender.lostPoints(),
            sender.seriesCount(),
            TimeUnit.NANOSECONDS.toMillis(readNanos - startNanos),
            TimeUnit.NANOSECONDS.toMillis(sentNanos - readNanos)));
  }

  private void report(AgentStatus status) {
    try {
      status.write(config.statusFile());
    } catch (IOException e) {
      LOG.warn("cannot write {}", config.statusFile(), e);
    }
  }

  /** The first full second that is later than now. */
  static long nextSecondMs(long nowMs) {
    return (Math.floorDiv(nowMs, SECOND_MS) + 1) * SECOND_MS;
  }
}
