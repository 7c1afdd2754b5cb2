/**
 * Formats of Flink state.
 *
 * <p>Every format is versioned, drawn in the Javadoc of its serializer and frozen by a golden-bytes
 * test. This is the only package of the module that imports Flink.
 */
package tidemark.serde.flink;
