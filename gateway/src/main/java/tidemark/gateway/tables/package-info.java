/**
 * The stored tables at one version, and the watch that finds the next one.
 *
 * <p>Uses the catalog reader of {@code tidemark.gateway}; imported by the planner and the engine.
 * One invariant: a {@link tidemark.gateway.tables.TableVersion} never changes, and its file list is
 * exactly that of its snapshot.
 */
package tidemark.gateway.tables;
