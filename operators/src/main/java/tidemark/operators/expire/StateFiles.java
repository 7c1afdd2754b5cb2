package tidemark.operators.expire;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.AbstractChannelStateHandle;
import org.apache.flink.runtime.state.AbstractMergedChannelStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import tidemark.serde.catalog.FlinkFileIO;

/**
 * Names of the files of tables and archive that stand in checkpoints and savepoints, which may be
 * waiting there for their commit, and ids of the epochs that these stand at.
 *
 * <p>Deliberately knows nothing of the store's formats: every operator's own (not keyed) state and
 * everything in flight is searched for text that ends in {@code .parquet} or {@code .tma}, or has
 * the form of {@link tidemark.serde.table.EpochKeys#EPOCH}. So it finds too much rather than too
 * little, whatever version of the store wrote the state.
 *
 * <p>What is complete never changes, so it is read once and its names are remembered as long as it
 * is there: some hundred bytes for each file that waits. Not thread-safe.
 */
final class StateFiles {
  private static final String METADATA = "_metadata";
  private static final Set<String> WITHOUT_METADATA = Set.of("shared", "taskowned");
  private static final int MAX_DEPTH = 4;
  private static final int ATTEMPTS = 5;
  private static final List<String> SUFFIXES = List.of(".parquet", ".tma");
  private static final int MAX_NAME = 1024;
  private static final Pattern EPOCH = Pattern.compile("[0-9]{1,19}-[0-9a-f]{8}");
  private static final int MIN_EPOCH = 10;
  private static final int MAX_EPOCH = 28;

  /** Version of Flink's operator state from which on its header says whether it is compressed. */
  private static final int FIRST_VERSION_WITH_FLAG = 6;

  private final List<String> folders;
  private Map<String, Set<String>> namesByState = Map.of();

  StateFiles(List<String> folders) {
    this.folders = folders;
  }

  /** The last part of a location, by which files are compared: it is unique by its UUID. */
  static String nameOf(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  /** How many checkpoints and savepoints the last look has found. */
  int states() {
    return namesByState.size();
  }

  /**
   * Names in everything complete that the folders hold.
   *
   * @throws IOException if anything there cannot be read: then nobody knows what is waiting
   */
  Set<String> names() throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return read();
      } catch (IOException e) {
        // a checkpoint may be subsumed while it is read; what it had, a later one has or the table
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private Set<String> read() throws IOException {
    List<Path> states = new ArrayList<>();
    for (String folder : folders) {
      find(new Path(folder), 0, states);
    }
    Map<String, Set<String>> found = new HashMap<>();
    Set<String> all = new HashSet<>();
    for (Path state : states) {
      Set<String> names = namesByState.get(state.toString());
      if (names == null) {
        names = namesIn(state);
      }
      found.put(state.toString(), names);
      all.addAll(names);
    }
    namesByState = found;
    return all;
  }

  private static void find(Path folder, int depth, List<Path> states) {
    for (FileStatus status : FlinkFileIO.list(folder)) {
      String name = status.getPath().getName();
      if (!status.isDir() && name.equals(METADATA)) {
        states.add(status.getPath());
      } else if (status.isDir() && depth < MAX_DEPTH && !WITHOUT_METADATA.contains(name)) {
        find(status.getPath(), depth + 1, states);
      }
    }
  }

  private static Set<String> namesIn(Path state) throws IOException {
    Set<String> names = new HashSet<>();
    CheckpointMetadata metadata;
    try (DataInputStream in = new DataInputStream(state.getFileSystem().open(state))) {
      metadata =
          Checkpoints.loadCheckpointMetadata(
              in, StateFiles.class.getClassLoader(), state.getParent().toString());
    }
    for (OperatorState operator : metadata.getOperatorStates()) {
      if (operator.getCoordinatorState() != null) {
        collect(operator.getCoordinatorState(), names);
      }
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
          requireUncompressed(handle, state);
          collect(handle, names);
        }
        collectAll(subtask.getRawOperatorState(), names);
        collectAll(subtask.getInputChannelState(), names);
        collectAll(subtask.getUpstreamOutputBufferState(), names);
        collectAll(subtask.getResultSubpartitionState(), names);
      }
    }
    return names;
  }

  private static void requireUncompressed(StreamStateHandle handle, Path state) throws IOException {
    try (DataInputStream in = new DataInputStream(handle.openInputStream())) {
      if (in.readInt() >= FIRST_VERSION_WITH_FLAG && in.readBoolean()) {
        throw new IOException(
            "%s is compressed, so file names cannot be found in it; set".formatted(state)
                + " execution.checkpointing.snapshot-compression to false");
      }
    }
  }

  private static void collectAll(Collection<? extends StateObject> handles, Set<String> names)
      throws IOException {
    for (StateObject handle : handles) {
      if (handle instanceof AbstractChannelStateHandle<?> channel) {
        collect(channel.getDelegate(), names);
      } else if (handle instanceof AbstractMergedChannelStateHandle<?, ?> merged) {
        collect(merged.getDelegate(), names);
      } else if (handle instanceof StreamStateHandle stream) {
        collect(stream, names);
      } else {
        throw new IOException("a %s cannot be searched".formatted(handle.getClass().getName()));
      }
    }
  }

  private static void collect(StreamStateHandle handle, Set<String> names) throws IOException {
    try (InputStream in = handle.openInputStream()) {
      collect(in, names);
    }
  }

  /**
   * Whatever stands between two bytes that no file name has, up to where it says .parquet or .tma,
   * or all of it if it is the id of an epoch.
   */
  static void collect(InputStream in, Set<String> names) throws IOException {
    byte[] buffer = new byte[1 << 16];
    byte[] name = new byte[MAX_NAME];
    int length = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      for (int i = 0; i < read; i++) {
        if (!isOfName(buffer[i]) || length == MAX_NAME) {
          addEpoch(name, length, names);
          length = 0;
          continue;
        }
        name[length++] = buffer[i];
        if ((buffer[i] == 't' || buffer[i] == 'a') && endsName(name, length)) {
          names.add(new String(name, 0, length, StandardCharsets.US_ASCII));
        }
      }
    }
    addEpoch(name, length, names);
  }

  private static void addEpoch(byte[] name, int length, Set<String> names) {
    if (length >= MIN_EPOCH && length <= MAX_EPOCH) {
      String text = new String(name, 0, length, StandardCharsets.US_ASCII);
      if (EPOCH.matcher(text).matches()) {
        names.add(text);
      }
    }
  }

  private static boolean isOfName(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '_'
        || b == '.';
  }

  private static boolean endsName(byte[] name, int length) {
    for (String suffix : SUFFIXES) {
      if (length > suffix.length() && endsWith(name, length, suffix)) {
        return true;
      }
    }
    return false;
  }

  private static boolean endsWith(byte[] name, int length, String suffix) {
    for (int i = 0; i < suffix.length(); i++) {
      if (name[length - suffix.length() + i] != suffix.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
