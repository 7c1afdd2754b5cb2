/**
 * Which part of all points something is about: a replay, a comparison, what is published.
 *
 * <p>Pure values; stages, tables and the command share them. One invariant: whether a point is
 * taken follows from its org, metric and time alone, so the same points are taken wherever one
 * looks.
 */
package tidemark.state.selection;
