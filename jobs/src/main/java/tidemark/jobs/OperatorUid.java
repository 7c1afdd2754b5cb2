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
  FEED_TOPIC("feed-topic-v1");

  private final String uid;

  OperatorUid(String uid) {
    this.uid = uid;
  }

  String uid() {
    return uid;
  }
}
