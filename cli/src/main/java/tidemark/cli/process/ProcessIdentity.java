package tidemark.cli.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A process that outlives whoever started it: a pid, and a proof that the pid has not been given to
 * somebody else since.
 *
 * <p>The proof is the start time. On Linux it is the boot id with the kernel's start ticks, which
 * no change of the clock moves; elsewhere the epoch millisecond that the system reports.
 *
 * @param pid the system's process id
 * @param started opaque text, equal only for the same process of the same boot
 */
public record ProcessIdentity(long pid, String started) {
  private static final Path PROC = Path.of("/proc");
  private static final Path BOOT_ID = PROC.resolve("sys/kernel/random/boot_id");

  /** Fields of {@code /proc/PID/stat} after the name's closing bracket, counted from 0. */
  private static final int STATE_FIELD = 0;

  private static final int START_TICKS_FIELD = 19;

  public ProcessIdentity {
    if (pid <= 0) {
      throw new IllegalArgumentException("pid must be positive, got " + pid);
    }
    if (started.isBlank()) {
      throw new IllegalArgumentException("start time of process " + pid + " must not be blank");
    }
  }

  /** The process that has this pid now; empty if there is none. */
  public static Optional<ProcessIdentity> ofPid(long pid) {
    return startOf(pid).map(started -> new ProcessIdentity(pid, started));
  }

  /** Whether this very process still runs. One that only waits to be reaped does not. */
  public boolean isAlive() {
    return startOf(pid).map(started::equals).orElse(false);
  }

  /** Asks the process to end (SIGTERM); does nothing if it has ended. */
  public void terminate() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  /** Ends the process without asking (SIGKILL); does nothing if it has ended. */
  public void kill() {
    if (isAlive()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /** Stops the process where it is (SIGSTOP), until {@link #resume}. */
  public void pause() {
    signal("STOP");
  }

  /** Lets a process that was stopped go on (SIGCONT). */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    if (!isAlive()) {
      throw new ProcessFailedException("process %d has ended: no SIG%s".formatted(pid, name));
    }
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
      int exitCode = kill.waitFor();
      if (exitCode != 0) {
        throw new ProcessFailedException(
            "kill -%s %d ended with exit code %d".formatted(name, pid, exitCode));
      }
    } catch (IOException e) {
      throw new ProcessFailedException("cannot run kill: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }

  private static Optional<String> startOf(long pid) {
    if (Files.isReadable(BOOT_ID)) {
      return linuxStartOf(pid);
    }
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(handle -> handle.info().startInstant())
        .map(instant -> Long.toString(instant.toEpochMilli()));
  }

  private static Optional<String> linuxStartOf(long pid) {
    String stat;
    String bootId;
    try {
      stat =
          Files.readString(
              PROC.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
      bootId = Files.readString(BOOT_ID, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return Optional.empty(); // it ended before or while it was read
    }
    return runningSince(stat).map(ticks -> bootId + "/" + ticks);
  }

  /**
   * Start ticks from a line of {@code /proc/PID/stat}; empty for a zombie. The name in brackets may
   * itself hold blanks and brackets.
   */
  static Optional<String> runningSince(String stat) {
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1));
    if (fields.size() <= START_TICKS_FIELD) {
      return Optional.empty();
    }
    String state = fields.get(STATE_FIELD);
    return state.equals("Z") || state.equals("X")
        ? Optional.empty()
        : Optional.of(fields.get(START_TICKS_FIELD));
  }
}
