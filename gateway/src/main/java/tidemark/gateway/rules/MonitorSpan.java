package tidemark.gateway.rules;

import tidemark.state.definition.Monitor;

/**
 * One version of a monitor, and for which windows it is in force: those that lie wholly in [{@code
 * monitor.fromMs()}, untilMs).
 *
 * @param monitor with the start that really counts for it
 * @param untilMs exclusive; {@link Long#MAX_VALUE} if no later version is known
 */
public record MonitorSpan(Monitor monitor, long untilMs) {}
