/**
 * The watermark: from heartbeats where there are any, else estimated from broker time.
 *
 * <p>Timestamps of points never move it: one bad clock must not move time for anyone else.
 */
package tidemark.operators.watermark;
