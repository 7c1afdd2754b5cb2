package tidemark.gateway;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Objects of S3 or of a store that speaks its protocol. One GET per object; retries are the SDK's.
 */
final class S3ObjectSource implements ObjectSource {
  private final S3Client client;
  private final String endpoint;

  S3ObjectSource(GatewayConfig config) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(Region.of(config.region()))
            .forcePathStyle(config.isPathStyle())
            // Many stores send no checksums; Parquet pages and our sizes are checked anyway.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .credentialsProvider(credentials(config));
    config.s3Endpoint().ifPresent(builder::endpointOverride);
    client = builder.build();
    endpoint = config.s3Endpoint().map(URI::toString).orElse("AWS region " + config.region());
  }

  private static AwsCredentialsProvider credentials(GatewayConfig config) {
    return config
        .s3Keys()
        .<AwsCredentialsProvider>map(
            keys ->
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey())))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  @Override
  public void download(String location, Path target) {
    call(location, () -> client.getObject(request(location), ResponseTransformer.toFile(target)));
  }

  @Override
  public byte[] read(String location) {
    return call(
        location,
        () -> client.getObject(request(location), ResponseTransformer.toBytes()).asByteArray());
  }

  @Override
  public void close() {
    client.close();
  }

  /** Keys are taken as they stand: Iceberg's locations are not URL-encoded. */
  private static GetObjectRequest request(String location) {
    int start = location.indexOf("://") + 3;
    int slash = location.indexOf('/', start);
    if (start < 3 || slash <= start || slash == location.length() - 1) {
      throw new GatewayException("location must be s3://bucket/key, got " + location);
    }
    return GetObjectRequest.builder()
        .bucket(location.substring(start, slash))
        .key(location.substring(slash + 1))
        .build();
  }

  private <T> T call(String location, Supplier<T> request) {
    try {
      return request.get();
    } catch (NoSuchKeyException e) {
      throw new GatewayException(
          location + " is not there any more: its snapshot expired meanwhile, ask again", e);
    } catch (SdkException e) {
      throw new GatewayException(
          "cannot read %s from %s: %s".formatted(location, endpoint, e.getMessage()), e);
    }
  }
}
