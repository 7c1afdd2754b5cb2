package tidemark.serde.table;

import java.util.Arrays;
import java.util.List;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/**
 * Lowest and highest value of a column of the key in each row group, from the footer: parquet-java
 * copies the bytes of a text each time that it is asked for them, and a question asks of all row
 * groups. Thread-safe.
 */
final class KeyBounds {
  private final byte[][] lowestText;
  private final byte[][] highestText;
  private final long[] lowest;
  private final long[] highest;

  /**
   * @param blocks with statistics of that column
   */
  KeyBounds(List<BlockMetaData> blocks, int fieldId) {
    int groups = blocks.size();
    lowestText = new byte[groups][];
    highestText = new byte[groups][];
    lowest = new long[groups];
    highest = new long[groups];
    for (int group = 0; group < groups; group++) {
      Statistics<?> statistics =
          blocks.get(group).getColumns().get(fieldId - 1).getStatistics(); // ids count from 1
      lowestText[group] = statistics.getMinBytes();
      highestText[group] = statistics.getMaxBytes();
      if (statistics instanceof LongStatistics numbers) {
        lowest[group] = numbers.getMin();
        highest[group] = numbers.getMax();
      }
    }
  }

  /** Of a column of numbers. */
  long lowest(int group) {
    return lowest[group];
  }

  /** Of a column of numbers. */
  long highest(int group) {
    return highest[group];
  }

  boolean mayHold(int group, byte[] text) {
    return Arrays.compareUnsigned(lowestText[group], text) <= 0
        && Arrays.compareUnsigned(highestText[group], text) >= 0;
  }

  boolean holdsOnly(int group, byte[] text) {
    return Arrays.equals(lowestText[group], text) && Arrays.equals(highestText[group], text);
  }
}
