package tidemark.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * S3, and files of this machine that are to be copied since the engine must not open them in place.
 * No S3 client exists until a location asks for it. Thread-safe.
 */
final class AnyObjectSource implements ObjectSource {
  private final GatewayConfig config;
  private S3ObjectSource s3;

  AnyObjectSource(GatewayConfig config) {
    this.config = config;
  }

  @Override
  public void download(String location, Path target) {
    if (!FileAccess.isLocal(location)) {
      s3().download(location, target);
      return;
    }
    try {
      Files.copy(FileAccess.localPath(location), target);
    } catch (NoSuchFileException e) {
      throw new GatewayException(location + " is not there", e);
    } catch (IOException e) {
      throw new GatewayException("cannot copy " + location + ": " + e.getMessage(), e);
    }
  }

  @Override
  public byte[] read(String location) {
    return s3().read(location);
  }

  private synchronized S3ObjectSource s3() {
    if (s3 == null) {
      s3 = new S3ObjectSource(config);
    }
    return s3;
  }

  @Override
  public synchronized void close() {
    if (s3 != null) {
      s3.close();
    }
  }
}
