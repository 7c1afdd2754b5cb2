package tidemark.cli.agent;

import java.util.List;
import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;
import oshi.hardware.HWDiskStore;
import oshi.hardware.NetworkIF;
import oshi.hardware.VirtualMemory;
import oshi.software.os.OSFileStore;
import tidemark.state.MetricType;

/**
 * Memory, swap, disks, network interfaces and file systems.
 *
 * <pre>
 * memory.total_bytes, memory.available_bytes, memory.used_bytes             gauge
 * swap.total_bytes, swap.used_bytes                                         gauge
 * swap.pages_in, swap.pages_out                                             counter
 * disk.read_bytes, disk.written_bytes, disk.reads, disk.writes, disk.busy_ms
 *                                                      device:D             counter
 * network.received_bytes, network.sent_bytes, network.received_packets, network.sent_packets,
 * network.receive_errors, network.send_errors          interface:I          counter
 * filesystem.total_bytes, filesystem.used_bytes        mount:M device:D     gauge
 * </pre>
 *
 * <p>What devices there are is looked up every {@value #ROUNDS_PER_LOOKUP} rounds, which costs more
 * than reading them.
 */
final class DeviceReader {
  private static final int ROUNDS_PER_LOOKUP = 30;

  private final SystemInfo system;
  private final CounterDeltas deltas;
  private List<HWDiskStore> disks = List.of();
  private List<NetworkIF> interfaces = List.of();
  private List<OSFileStore> fileSystems = List.of();
  private int round;

  DeviceReader(SystemInfo system, CounterDeltas deltas) {
    this.system = system;
    this.deltas = deltas;
  }

  void read(ReadingSink sink) {
    if (round % ROUNDS_PER_LOOKUP == 0) {
      disks = system.getHardware().getDiskStores();
      interfaces = system.getHardware().getNetworkIFs(true);
      fileSystems = system.getOperatingSystem().getFileSystem().getFileStores(true);
    }
    round++;
    memory(sink);
    disks(sink);
    network(sink);
    fileSystems(sink);
  }

  private void memory(ReadingSink sink) {
    GlobalMemory memory = system.getHardware().getMemory();
    long available = memory.getAvailable();
    gauge(sink, "memory.total_bytes", memory.getTotal(), List.of());
    gauge(sink, "memory.available_bytes", available, List.of());
    gauge(sink, "memory.used_bytes", memory.getTotal() - available, List.of());
    VirtualMemory swap = memory.getVirtualMemory();
    gauge(sink, "swap.total_bytes", swap.getSwapTotal(), List.of());
    gauge(sink, "swap.used_bytes", swap.getSwapUsed(), List.of());
    counter(sink, "swap.pages_in", swap.getSwapPagesIn(), List.of());
    counter(sink, "swap.pages_out", swap.getSwapPagesOut(), List.of());
  }

  private void disks(ReadingSink sink) {
    for (HWDiskStore disk : disks) {
      if (disk.updateAttributes()) {
        List<String> tags = List.of(Tags.tag("device", disk.getName()));
        counter(sink, "disk.read_bytes", disk.getReadBytes(), tags);
        counter(sink, "disk.written_bytes", disk.getWriteBytes(), tags);
        counter(sink, "disk.reads", disk.getReads(), tags);
        counter(sink, "disk.writes", disk.getWrites(), tags);
        counter(sink, "disk.busy_ms", disk.getTransferTime(), tags);
      }
    }
  }

  private void network(ReadingSink sink) {
    for (NetworkIF network : interfaces) {
      if (network.updateAttributes()) {
        List<String> tags = List.of(Tags.tag("interface", network.getName()));
        counter(sink, "network.received_bytes", network.getBytesRecv(), tags);
        counter(sink, "network.sent_bytes", network.getBytesSent(), tags);
        counter(sink, "network.received_packets", network.getPacketsRecv(), tags);
        counter(sink, "network.sent_packets", network.getPacketsSent(), tags);
        counter(sink, "network.receive_errors", network.getInErrors(), tags);
        counter(sink, "network.send_errors", network.getOutErrors(), tags);
      }
    }
  }

  private void fileSystems(ReadingSink sink) {
    for (OSFileStore store : fileSystems) {
      if (store.updateAttributes()) {
        List<String> tags =
            List.of(Tags.tag("device", store.getVolume()), Tags.tag("mount", store.getMount()));
        gauge(sink, "filesystem.total_bytes", store.getTotalSpace(), tags);
        gauge(
            sink,
            "filesystem.used_bytes",
            Math.max(0, store.getTotalSpace() - store.getUsableSpace()),
            tags);
      }
    }
  }

  private static void gauge(ReadingSink sink, String metric, long value, List<String> tags) {
    sink.add(MetricType.GAUGE, metric, (double) value, tags);
  }

  private void counter(ReadingSink sink, String metric, long total, List<String> tags) {
    deltas
        .delta(metric + tags, total)
        .ifPresent(delta -> sink.add(MetricType.COUNTER, metric, (double) delta, tags));
  }
}
