/**
 * What monitors say of windows: values, statuses and verdicts.
 *
 * <p>Pure functions and values; the stage that watches and the gateway share them. One invariant: a
 * status follows from the points of a window, from the definition and from the window before it,
 * never from the order in which points came.
 */
package tidemark.state.monitor;
