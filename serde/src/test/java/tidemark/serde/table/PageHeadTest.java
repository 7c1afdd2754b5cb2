package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;

/** Against headers that parquet-java writes. */
class PageHeadTest {
  private static final int SEEDS = 500;

  @Test
  void headersOfParquetJavaAreReadWhateverElseIsInThem() throws IOException {
    for (long seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      PageHeader wanted = header(random);
      byte[] header = bytes(wanted);
      int before = random.nextInt(5);
      ByteBuffer file = ByteBuffer.allocate(before + header.length + 3);
      file.put(before, header);

      PageHead found = new PageHead();
      int end = found.read(file, before, file.capacity());

      assertThat(end).as("seed %d", seed).isEqualTo(before + header.length);
      assertThat(found.type()).isEqualTo(wanted.getType().getValue());
      assertThat(found.sizeBytes()).isEqualTo(wanted.getUncompressed_page_size());
      assertThat(found.compressedBytes()).isEqualTo(wanted.getCompressed_page_size());
      if (wanted.isSetData_page_header()) {
        assertThat(found.values()).isEqualTo(wanted.getData_page_header().getNum_values());
        assertThat(found.encoding())
            .isEqualTo(wanted.getData_page_header().getEncoding().getValue());
      }
      if (wanted.isSetDictionary_page_header()) {
        assertThat(found.values()).isEqualTo(wanted.getDictionary_page_header().getNum_values());
      }
    }
  }

  @Test
  void aHeaderThatIsCutShortIsRefused() throws IOException {
    byte[] header = bytes(header(new Random(1)));
    for (int length = 0; length < header.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(header, length));
      assertThatThrownBy(() -> new PageHead().read(cut, 0, cut.capacity()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a page header goes beyond its column chunk");
    }
  }

  @Test
  void anyBytesAreReadOrRefusedWithinTheirBounds() {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        assertThat(new PageHead().read(ByteBuffer.wrap(bytes), 0, bytes.length))
            .isBetween(0, bytes.length);
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(15_000);
  }

  private static PageHeader header(Random random) {
    PageHeader header = new PageHeader(PageType.DATA_PAGE, number(random), number(random));
    if (random.nextBoolean()) {
      header.setCrc(random.nextInt());
    }
    switch (random.nextInt(3)) {
      case 0 -> {
        DataPageHeader data =
            new DataPageHeader(
                number(random),
                Encoding.values()[random.nextInt(Encoding.values().length)],
                Encoding.RLE,
                Encoding.BIT_PACKED);
        if (random.nextBoolean()) {
          data.setStatistics(statistics(random));
        }
        header.setData_page_header(data);
      }
      case 1 -> {
        header.setType(PageType.DICTIONARY_PAGE);
        DictionaryPageHeader dictionary = new DictionaryPageHeader(number(random), Encoding.PLAIN);
        dictionary.setIs_sorted(random.nextBoolean());
        header.setDictionary_page_header(dictionary);
      }
      default -> {
        header.setType(PageType.DATA_PAGE_V2);
        header.setData_page_header_v2(new DataPageHeaderV2(1, 2, 3, Encoding.PLAIN, 4, 5));
      }
    }
    return header;
  }

  private static int number(Random random) {
    return random.nextInt() >>> (1 + random.nextInt(31));
  }

  private static Statistics statistics(Random random) {
    Statistics statistics = new Statistics();
    byte[] bound = new byte[random.nextInt(300)];
    random.nextBytes(bound);
    statistics.setMin_value(bound);
    statistics.setMax_value(bound);
    statistics.setNull_count(random.nextLong() >>> 1);
    return statistics;
  }

  private static byte[] bytes(PageHeader header) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Util.writePageHeader(header, out);
    return out.toByteArray();
  }
}
