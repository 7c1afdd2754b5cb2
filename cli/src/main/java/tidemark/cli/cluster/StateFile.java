package tidemark.cli.cluster;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tidemark.cli.process.ProcessFailedException;

/** Keeps a {@link ClusterState} as JSON, in a {@link PrivateFile}, since it holds a secret. */
final class StateFile {
  private final ObjectMapper json =
      new ObjectMapper()
          // Components of records, and nothing that reads like a property besides.
          .setVisibility(PropertyAccessor.ALL, Visibility.NONE)
          .setVisibility(PropertyAccessor.FIELD, Visibility.ANY)
          .setVisibility(PropertyAccessor.CREATOR, Visibility.ANY)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
  private final Path file;

  StateFile(Path file) {
    this.file = file;
  }

  /** Empty if the run never started. */
  Optional<ClusterState> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(json.readValue(file.toFile(), ClusterState.class));
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  void write(ClusterState state) {
    try {
      PrivateFile.write(file, json.writeValueAsString(state));
    } catch (JsonProcessingException e) {
      throw new ProcessFailedException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
