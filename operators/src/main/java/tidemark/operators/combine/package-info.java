/**
 * Stage 3: points of one task become partial aggregates per series and window, batched per key
 * group, before anything is shuffled.
 *
 * <p>No state: everything is sent on before each barrier.
 */
package tidemark.operators.combine;
