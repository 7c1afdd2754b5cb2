/**
 * What travels between the stages after combining: batches of partial aggregates, of series and of
 * epoch reports, as bytes.
 *
 * <p>Flink's cost per record is paid per batch, and a batch never holds rows of two key groups.
 */
package tidemark.serde.partial;
