package tidemark.gateway.http;

import java.util.List;
import java.util.Map;

/**
 * How the gateway is, for whoever may see it: nobody proves a password for this, so no names of
 * users or orgs, no paths.
 *
 * @param problems why it cannot answer queries; none: it can
 * @param warnings what an operator should look at, though queries are answered
 * @param facts such as version or epoch
 */
public record Health(List<String> problems, List<String> warnings, Map<String, String> facts) {
  public static final Health OK = new Health(List.of(), List.of(), Map.of());

  public Health {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
    facts = Map.copyOf(facts);
  }
}
