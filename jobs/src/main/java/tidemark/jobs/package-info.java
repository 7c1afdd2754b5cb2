/**
 * Main classes: connectors, options, uids, and the order of the stages.
 *
 * <p>Only classes here know sources, sinks and the environment; nothing imports this package.
 */
package tidemark.jobs;
