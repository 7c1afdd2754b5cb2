/**
 * The control stage: definitions and the state of the intake, on their way to all tasks.
 *
 * <p>Imports serde and what the stages share. One invariant: behind a gate nobody sees a watermark
 * before the definitions that are in force for the windows that it ends, and before the news that
 * prove it.
 */
package tidemark.operators.control;
