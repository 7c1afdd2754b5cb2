/**
 * Compaction: partial rows of a key become one, small files become large ones.
 *
 * <p>No answer changes with it: what a reader merges before and after is equal, bit for bit. There
 * is no state; the table says what is left to do, and a crash leaves orphans only.
 */
package tidemark.operators.compact;
