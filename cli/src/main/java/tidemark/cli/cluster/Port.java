package tidemark.cli.cluster;

/** The ports of a run, all on loopback. Names are written to the state file: never rename. */
public enum Port {
  KAFKA,
  KAFKA_CONTROLLER,
  S3,
  FLINK_REST,
  FLINK_RPC,
  FLINK_BLOB,
  ZOOKEEPER,
  GATEWAY_POSTGRES,
  GATEWAY_HTTP
}
