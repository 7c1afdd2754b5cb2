/**
 * The manifest of the archive: a table that says for every offset of every partition which file
 * holds it, or that none does.
 *
 * <p>Nothing here imports Flink: whoever replays or checks reads with the classes that the archive
 * job commits with. One invariant: the ranges of a partition, records, gaps and what has expired
 * together, follow each other from offset 0 to the table's end without overlap and without a hole.
 */
package tidemark.serde.manifest;
