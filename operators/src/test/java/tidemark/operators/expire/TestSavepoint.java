package tidemark.operators.expire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import tidemark.operators.MaintainedTables;

/** A savepoint by Flink's own classes: one operator whose state has some text in it. */
final class TestSavepoint {
  private static final int STATE_VERSION = 6;

  private TestSavepoint() {}

  static Path write(Path states, String name, String text, boolean isCompressed)
      throws IOException {
    Path savepoint = Files.createDirectories(states.resolve(name));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeBoolean(isCompressed);
      out.write(MaintainedTables.utf8(text));
    }
    Path state = Files.write(savepoint.resolve("state"), bytes.toByteArray());
    OperatorStateHandle handle =
        new OperatorStreamStateHandle(
            Map.of(
                "epochs",
                new OperatorStateHandle.StateMetaInfo(
                    new long[] {5}, OperatorStateHandle.Mode.SPLIT_DISTRIBUTE)),
            new FileStateHandle(new org.apache.flink.core.fs.Path(state.toUri()), bytes.size()));
    OperatorState operator = new OperatorState("epoch", "store-epoch-v1", new OperatorID(), 1, 1);
    operator.putState(
        0,
        OperatorSubtaskState.builder()
            .setManagedOperatorState(StateObjectCollection.singleton(handle))
            .build());
    try (OutputStream out = Files.newOutputStream(savepoint.resolve("_metadata"))) {
      Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(1, List.of(operator), List.of()), out);
    }
    return savepoint;
  }
}
