/**
 * Stages 4 and 5: partials become rows of closed windows, 10 s first, then 1 m out of 10 s and 1 h
 * out of 1 m. One operator serves all tiers.
 *
 * <p>Open windows live in memory, write-behind, over keyed state: what a barrier finds is written
 * once, and a window that opens and closes between two barriers never touches RocksDB.
 */
package tidemark.operators.rollup;
