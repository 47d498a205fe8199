import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Every metric Foreshock exports, in one list. Labels are from closed or configured sets: never a phrase, an author,
 * a URL or an incident id. Node’s default metrics are left out: three of them fail `promtool check metrics`.
 */
export type Metrics = ReturnType<typeof createMetrics>;

const DELAY_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 900];
const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30];

export function createMetrics() {
  const registry = new Registry();
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name: `foreshock_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: `foreshock_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly L[] = [],
  ) =>
    new Histogram<L>({
      name: `foreshock_${name}`,
      help,
      buckets,
      labelNames: [...labelNames],
      registers: [registry],
    });

  return {
    registry,
    // Ingest
    ingested: counter('ingest_mentions_total', 'Mentions durably appended, by configured source.', [
      'source',
    ]),
    rejected: counter('ingest_rejected_total', 'Mentions refused at the edge, by reason.', [
      'source',
      'reason',
    ]),
    ingestUnavailable: counter(
      'ingest_unavailable_total',
      'Requests answered 503 because the log could not take them.',
    ),
    sourceConnected: gauge('source_connected', '1 while the source is connected.', ['source']),
    sourceReconnects: counter('source_reconnects_total', 'Times a source had to connect again.', ['source']),
    sourceGapSeconds: counter('source_gap_seconds_total', 'Event time that a source missed for good.', [
      'source',
    ]),
    sourceLastEvent: gauge(
      'source_last_event_timestamp_seconds',
      'Event time of the newest mention of a source.',
      ['source'],
    ),
    sourceRateLimited: counter('source_rate_limited_total', 'Times a source was told to wait.', ['source']),
    // Detector
    read: counter('mentions_read_total', 'Mention records read by match.'),
    matched: counter('mentions_matched_total', 'Mention records that matched at least one watch.'),
    unmatched: counter('mentions_unmatched_total', 'Mention records that matched no watch.'),
    matches: counter('matches_total', 'Match records by what became of them.', ['watch', 'fate']),
    late: counter('late_total', 'Matches older than the allowed lateness: shown, never a reason to page.'),
    bursts: counter('bursts_total', 'Bursts by phase and level.', ['phase', 'level']),
    watermark: gauge('watermark_timestamp_seconds', 'Event time up to which the slowest watch is complete.'),
    blind: gauge('watch_blind', '1 while a watch cannot see.', ['watch']),
    stateKeys: gauge('state_keys', 'Watches and series kept in memory.', ['kind']),
    lag: gauge('consumer_lag_messages', 'Records between a stage and the end of its input.', ['stage']),
    stageDuration: histogram(
      'stage_duration_seconds',
      'Time to fold one batch and have its output acknowledged.',
      LATENCY_SECONDS,
      ['stage'],
    ),
    deadLetters: counter(
      'dead_letters_total',
      'Records set aside because they could not be read or delivered.',
      ['stage', 'code'],
    ),
    snapshotTimestamp: gauge('snapshot_timestamp_seconds', 'When a stage last stored its state.', ['stage']),
    restoreSeconds: gauge('restore_duration_seconds', 'Time the last start needed until ready.'),
    // Alerter
    incidents: counter('incidents_total', 'Incidents opened.', ['severity', 'kind']),
    incidentsNotUseful: counter(
      'incidents_not_useful_total',
      'Times somebody called an incident not useful.',
    ),
    pagesPromised: gauge(
      'pages_promised_per_day',
      'Pages a day that the rarities of all watches allow together where nothing is wrong.',
    ),
    incidentsOpen: gauge('incidents_open', 'Incidents open or acknowledged now.', ['severity']),
    detectDelay: histogram(
      'detect_delay_seconds',
      'First counted trouble post (event time) to verdict.',
      DELAY_SECONDS,
    ),
    deliverDelay: histogram(
      'deliver_delay_seconds',
      'First counted trouble post (event time) to first delivered notice.',
      DELAY_SECONDS,
    ),
    timeToAck: histogram('time_to_ack_seconds', 'Incident opened to acknowledged.', DELAY_SECONDS),
    notifications: counter('notifications_total', 'Notices delivered.', ['receiver_kind']),
    notificationsFailed: counter('notifications_failed_total', 'Attempts that failed.', [
      'receiver_kind',
      'reason',
    ]),
    notificationAttempts: counter('notification_attempts_total', 'Attempts to deliver.', ['receiver_kind']),
    notificationsAmbiguous: counter(
      'notifications_ambiguous_total',
      'Attempts whose result is unknown: the receiver may have it twice.',
      ['receiver_kind'],
    ),
    notificationLatency: histogram(
      'notification_latency_seconds',
      'Attempt started to answer.',
      [0.1, 0.5, 1, 2, 5, 10, 15, 30],
      ['receiver_kind'],
    ),
    notificationOldestPending: gauge(
      'notification_oldest_pending_timestamp_seconds',
      'When the oldest undelivered notice was written; 0 if none.',
    ),
    notificationsSuppressed: counter('notifications_suppressed_total', 'Notices not sent, by reason.', [
      'reason',
    ]),
    deadman: gauge('deadman_last_success_timestamp_seconds', 'When the dead-man ping last succeeded.'),
    // The whole
    heartbeat: gauge(
      'heartbeat_timestamp_seconds',
      'Send time of the newest heartbeat that passed a stage.',
      ['stage'],
    ),
    logBytes: gauge('log_size_bytes', 'Size of the embedded log on disk.'),
    configReloadOk: gauge('config_last_reload_successful', '1 if the newest config was accepted.'),
    configReloadAt: gauge('config_last_reload_success_timestamp_seconds', 'When a config was last accepted.'),
    configRevision: gauge('config_revision', 'Revision of the config in force.'),
    buildInfo: gauge('build_info', 'Version running.', ['version', 'node']),
  };
}
