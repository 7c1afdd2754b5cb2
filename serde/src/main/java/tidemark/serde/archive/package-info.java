/**
 * The raw archive's file format, {@code .tma}: Kafka records as they were, in blocks of one
 * partition and one org, so that a replay of one org or one hour reads little else.
 *
 * <p>Nothing here imports Flink or Kafka. One invariant: what is handed out stood under a CRC that
 * was right; a damaged file ends in a {@link tidemark.serde.archive.DamagedArchiveException}.
 *
 * <p>Version 1. Integers are big-endian, times epoch milliseconds; {@code varint} is LEB128 of an
 * unsigned 64-bit number, {@code zigzag} a varint of {@code (n << 1) ^ (n >> 63)}; {@code text} is
 * {@code varint length | UTF-8}. A CRC is CRC32C.
 *
 * <pre>
 * file     header | block, as many as there are | index | footer
 *
 * header   u32 "TMAR" 0x544D4152 | u16 version | u16 0
 *
 * block    u32 "TMAB" 0x544D4142
 *          u32 bytes of the body as it stands here
 *          u32 bytes of the body unpacked, at most 2^28
 *          u32 records, at least 1
 *          u16 partition, its number in the index
 *          u8  kind: 0 points, 1 heartbeats
 *          u32 segment, from 0
 *          i64 offset of the first record
 *          i64 offset of the last record
 *          i64 earliest time of a point of the block, -2^63 if it may hold any
 *          i64 latest time of a point of the block, 2^63 - 1 if it may hold any
 *          u16 length | org, UTF-8; empty for heartbeats and records that name none
 *          u32 CRC of all this before and of the body
 *          ... body: one zstd frame of the records, one after the other
 *
 * record   varint offset less that of the record before; 0 for the first
 *          zigzag broker's time less that of the record before; of the first, the time itself
 *          varint bytes of the payload, which comes next
 *
 * payload  i8  type of the time, Kafka's: -1 none, 0 create, 1 log append
 *          varint length + 1 | key; 0 for null
 *          each header in order: varint length + 1 | key, UTF-8
 *                                varint length + 1 | value; 0 for null
 *          varint 0: no further header
 *          varint length + 1 | value; 0 for null, a tombstone
 *
 * index    one zstd frame of:
 *          varint partitions, each: text topic | varint number
 *                                   i64 from, i64 to, i64 records, i64 payload bytes, i64 checksum
 *          varint orgs, each: text
 *          varint blocks, each in the order of the file:
 *            u8 flags: bit 0 heartbeats, bit 1 first block of a segment
 *            varint partition, an index of the above | varint org, likewise
 *            varint bytes of the body | varint unpacked | varint records
 *            varint first offset | varint last offset less the first
 *            i64 earliest | i64 latest
 *          A block begins where the one before ends, and the index where the last one ends.
 *
 * footer   i64 position of the index | u32 its bytes | u32 unpacked, at most 2^28
 *          u32 CRC of the index as it stands and of the three fields before
 *          u16 version | u16 0 | u32 "TMAF" 0x544D4146
 * </pre>
 *
 * <p>A segment is what a task buffered before it wrote: for each partition its blocks of points
 * sorted by org, then its heartbeats. Within a partition the offsets of a segment are all above
 * those of the one before.
 *
 * <p>The checksum of a range of offsets is the sum modulo 2^64 of {@code h1(i64 offset | i64 time |
 * h(payload))} over its records, {@code h} being MurmurHash3 x64 128 of seed 0 written as two i64
 * and {@code h1} its first half. Sums of ranges add up, in any order.
 */
package tidemark.serde.archive;
