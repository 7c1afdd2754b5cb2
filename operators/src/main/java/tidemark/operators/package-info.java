/**
 * What the stages of the stream hand to each other.
 *
 * <p>Each stage has a package of its own below this one; siblings never import each other, and
 * nothing here imports a stage.
 */
package tidemark.operators;
