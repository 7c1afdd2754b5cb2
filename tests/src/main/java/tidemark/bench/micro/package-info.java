/**
 * JMH benchmarks of the steps that the main job consists of, each on the product's own classes.
 *
 * <p>{@code ./tidemark bench --micro} runs them. Rates are per second of one core: points, rows or
 * sketches, as the benchmark's name says. Nothing of the product may depend on this package.
 */
package tidemark.bench.micro;
