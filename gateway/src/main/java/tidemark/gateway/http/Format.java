package tidemark.gateway.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import tidemark.gateway.ask.SqlState;

/** How an answer may look; the first is what a client gets that does not say. */
enum Format {
  JSON("json", "application/json"),
  NDJSON("ndjson", "application/x-ndjson"),
  CSV("csv", "text/csv");

  private final String shortName;
  private final String mediaType;

  Format(String shortName, String mediaType) {
    this.shortName = shortName;
    this.mediaType = mediaType;
  }

  /** Of the answer's head. */
  String contentType() {
    return switch (this) {
      case JSON, NDJSON -> mediaType;
      case CSV -> "text/csv; charset=utf-8; header=present";
    };
  }

  /** The one of {@code ?format=}. */
  static Format named(String name) {
    return Arrays.stream(values())
        .filter(format -> format.shortName.equals(name))
        .findFirst()
        .orElseThrow(() -> notOffered("format=" + name));
  }

  /** The one that an {@code Accept} header likes best; among equals the first of ours. */
  static Format accepted(String header) {
    Optional<Format> best = Optional.empty();
    double bestQuality = 0;
    for (Format format : values()) {
      double quality = format.quality(header);
      if (quality > bestQuality) {
        best = Optional.of(format);
        bestQuality = quality;
      }
    }
    return best.orElseThrow(() -> notOffered(header));
  }

  /** By the most specific range that fits (RFC 9110, 12.5.1). */
  private double quality(String header) {
    double quality = 0;
    int precision = -1;
    for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] range = part.trim().split("\\s*;\\s*", -1);
      int fit = precision(range[0]);
      if (fit > precision) {
        precision = fit;
        quality = qualityOf(range);
      }
    }
    return quality;
  }

  private int precision(String range) {
    if (range.equals(mediaType)) {
      return 2;
    }
    if (range.equals(mediaType.substring(0, mediaType.indexOf('/')) + "/*")) {
      return 1;
    }
    return range.equals("*/*") ? 0 : -1;
  }

  private static double qualityOf(String[] range) {
    for (String parameter : range) {
      if (parameter.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")) {
        return Double.parseDouble(parameter.substring(2));
      }
    }
    return 1;
  }

  private static RefusedException notOffered(String wanted) {
    String offered =
        Arrays.stream(values()).map(format -> format.mediaType).collect(Collectors.joining(", "));
    return new RefusedException(
        Refusal.of(
            406,
            SqlState.INVALID_PARAMETER_VALUE,
            "an answer may be %s, asked for %s".formatted(offered, wanted)));
  }
}
