/**
 * Archive: Kafka's records as they are into files, and what the files hold into the manifest.
 *
 * <p>One invariant: a file is in the manifest only behind a complete checkpoint, and what of it the
 * manifest has already is left out. So nothing of the archive itself needs a chain of epochs, and
 * nothing of an unfinished epoch lies in state.
 */
package tidemark.operators.archive;
