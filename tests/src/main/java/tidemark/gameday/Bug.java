package tidemark.gameday;

/**
 * A fault that a job could have had, put into a TaskManager by Byteman.
 *
 * <p>Rules name classes and methods of the stages: whoever renames one there is told here, since
 * the game asks each bug for its effect.
 */
enum Bug {
  /** Values above a bound are cut to it, though they are fine. */
  WRONG_CLAMP(
      """
      RULE wrong clamp
      CLASS tidemark.serde.wire.PointBlock
      METHOD addPoint(long, double)
      AT ENTRY
      IF $2 > 100.0
      DO $2 = 100.0
      ENDRULE
      """),
  /** Records of one partition are passed over; its heartbeats are not. */
  LOST_PARTITION(
      """
      RULE lost partition
      CLASS tidemark.operators.decode.DecodeOperator
      METHOD processElement
      AT ENTRY
      BIND record:tidemark.operators.IntakeRecord = $1.getValue()
      IF record.partition() == 2 AND NOT record.isHeartbeat()
      DO return
      ENDRULE
      """),
  /** Records of one partition are taken twice. */
  DOUBLED_RECORDS(
      """
      RULE doubled records
      CLASS tidemark.operators.decode.DecodeOperator
      METHOD processElement
      AT ENTRY
      BIND record:tidemark.operators.IntakeRecord = $1.getValue()
      IF record.partition() == 1 AND NOT record.isHeartbeat()
      DO setTriggering(false), $0.processElement($1), setTriggering(true)
      ENDRULE
      """);

  private final String rule;

  Bug(String rule) {
    this.rule = rule;
  }

  /** Byteman's text of it. */
  String rule() {
    return rule;
  }
}
