package tidemark.gateway;

/**
 * One data file that a snapshot names; immutable and never reused under the same location.
 *
 * @param location as the table says: file:/... or s3://...
 * @param tierSeconds resolution of its rows, 0 for the ledger; {@link #NO_TIER} if the table has no
 *     tiers
 */
public record StoredFile(String location, long sizeBytes, long rows, int tierSeconds) {
  public static final int NO_TIER = -1;
}
