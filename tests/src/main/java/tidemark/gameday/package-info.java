/**
 * Game days: staged trouble on the real processes, under load, judged by a recomputation from what
 * was sent.
 *
 * <p>A {@link tidemark.gameday.Game} does the harm; {@link tidemark.gameday.Stage} is the cluster
 * with its {@link tidemark.gameday.Load}; {@link tidemark.gameday.Judge} compares. {@link
 * tidemark.gameday.RulesGame} has a {@link tidemark.gameday.LiveLoad} of now, and {@link
 * tidemark.gameday.RulesJudge} judges verdicts and alerts, too. The invariant: what must be stored
 * is computed from the sent points alone, in decimals, and what is stored is read from the tables'
 * files, neither by any code that the job or the gateway run.
 */
package tidemark.gameday;
