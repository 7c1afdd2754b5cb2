/**
 * The bytes of verdicts, as they travel from the watch stage to whoever stores or shows them.
 *
 * <p>Nothing of Flink. One invariant: a text that many verdicts share stands once in a batch.
 */
package tidemark.serde.verdict;
