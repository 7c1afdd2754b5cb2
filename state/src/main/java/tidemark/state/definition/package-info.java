/**
 * What users define: aggregation rules and monitors, and which series they concern.
 *
 * <p>Pure values, checked when they are made. One invariant: for each name at most one version is
 * in force at any event time.
 */
package tidemark.state.definition;
