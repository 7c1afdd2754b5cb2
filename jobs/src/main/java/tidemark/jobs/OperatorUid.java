package tidemark.jobs;

/** Identity of each operator in every savepoint ever taken. Append only; never rename. */
enum OperatorUid {
  SOURCE("source-v1"),
  DECODE("decode-v1"),
  ADMIT("admit-v1"),
  DEAD_LETTER("dead-letter-v1"),
  COMBINE("combine-v1"),
  INDEX("index-v1"),
  ROLLUP_10S("rollup-10s-v1"),
  ROLLUP_1M("rollup-1m-v1"),
  ROLLUP_1H("rollup-1h-v1"),
  STORE("store-v1"),
  STORE_EPOCH("store-epoch-v1"),
  FEED("feed-v1"),
  FEED_TOPIC("feed-topic-v1"),
  CONTROL_SOURCE("control-source-v1"),
  CONTROL("control-v1"),
  GATE("gate-v1"),
  RULES("rules-v1"),
  COARSER_GATE("coarser-gate-v1"),
  COARSER_BUDGET("coarser-budget-v1"),
  COARSER_INDEX("coarser-index-v1"),
  COARSER_ROLLUP_10S("coarser-rollup-10s-v1"),
  COARSER_ROLLUP_1M("coarser-rollup-1m-v1"),
  COARSER_ROLLUP_1H("coarser-rollup-1h-v1"),
  COARSER_TIERS("coarser-tiers-v1"),
  COARSER_STORE("coarser-store-v1"),
  COARSER_FEED("coarser-feed-v1"),
  COARSER_FEED_TOPIC("coarser-feed-topic-v1"),
  WATCH("watch-v1"),
  VERDICTS("verdicts-v1"),
  VERDICTS_TOPIC("verdicts-topic-v1"),
  ALERTS("alerts-v1"),
  ALERTS_TOPIC("alerts-topic-v1");

  private final String uid;

  OperatorUid(String uid) {
    this.uid = uid;
  }

  String uid() {
    return uid;
  }
}
