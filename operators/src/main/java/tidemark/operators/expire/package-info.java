/**
 * Expiry: days beyond retention, snapshots that nobody can name any more, files that belong to
 * nothing.
 *
 * <p>Nothing that a branch, a tag, a checkpoint or a savepoint needs is ever removed; when in doubt
 * nothing is removed at all.
 */
package tidemark.operators.expire;
