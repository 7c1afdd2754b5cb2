package tidemark.gateway;

import java.nio.file.Path;

/** Where immutable objects come from when they are not on this machine's disk; thread-safe. */
interface ObjectSource extends AutoCloseable {

  /**
   * Writes all of an object into {@code target}, which does not exist yet.
   *
   * @throws GatewayException if the object is not there or the store does not answer
   */
  void download(String location, Path target);

  /** All of a small object. */
  byte[] read(String location);

  @Override
  void close();
}
