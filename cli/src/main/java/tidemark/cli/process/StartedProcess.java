package tidemark.cli.process;

import java.nio.file.Path;

/**
 * A process of a run: what it is called and how it is found again.
 *
 * @param name unique in its run, such as {@code kafka} or {@code taskmanager-1}
 * @param identity pid and start time
 * @param log the file that tells what it does
 */
public record StartedProcess(String name, ProcessIdentity identity, Path log) {
  public StartedProcess {
    if (name.isBlank()) {
      throw new IllegalArgumentException("process name must not be blank");
    }
  }

  public boolean isAlive() {
    return identity.isAlive();
  }
}
