import { readJson } from '@foreshock/model/canonical-json';
import type { Config } from '@foreshock/model/config';
import type { Incident } from '@foreshock/model/incident';
import type { TopicLog } from '@foreshock/topic-log/contract';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { type IncidentRecount, recountIncident } from '../incident-recount.ts';
import { openExistingStore } from '../pipeline/start-pipeline.ts';
import { ask, messageIn, type Running, runningAt } from '../running.ts';
import type { Terminal } from '../terminal.ts';
import {
  csvLine,
  FEEDBACK_COLUMNS,
  type FeedbackRow,
  feedbackRows,
  type Verdict,
  verdictOf,
} from '../train/feedback-rows.ts';

/** Incidents asked of a running Foreshock at a time. */
const INCIDENTS_MAX = 500;

/**
 * `foreshock feedback`: the posts of every incident that somebody acknowledged or called not useful, as a CSV that
 * `foreshock train` reads, on standard output.
 */
export async function feedbackCommand(
  options: { config: string; port?: number },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, { ...terminal, err: () => undefined });
  const rows: FeedbackRow[] = [];
  let incidents = 0;
  for await (const { verdict, found } of judged(config, runningAt(config, options.port))) {
    incidents++;
    rows.push(...feedbackRows(found, verdict));
  }
  terminal.out(csvLine(FEEDBACK_COLUMNS));
  for (const row of rows) terminal.out(csvLine(FEEDBACK_COLUMNS.map((name) => row[name])));
  terminal.err(`${rows.length} posts of ${incidents} incidents that somebody judged\n`);
  return 0;
}

interface Judged {
  readonly verdict: Verdict;
  readonly found: IncidentRecount;
}

async function* judged(config: Config, running: Running): AsyncGenerator<Judged> {
  const answer = await ask(running, `/api/incidents?state=all&limit=${INCIDENTS_MAX}`);
  if (answer) {
    if (answer.status !== 200) throw new CliFault(`feedback: ${messageIn(answer.json)}`);
    for (const incident of (answer.json as { incidents: Incident[] }).incidents) {
      const verdict = verdictOf(incident);
      if (!verdict) continue;
      const recount = await ask(running, `/api/incidents/${encodeURIComponent(incident.id)}/recount`);
      if (recount?.status === 200) yield { verdict, found: recount.json as IncidentRecount };
    }
    return;
  }
  const log = await openExistingStore(config);
  try {
    for (const incident of await newestIncidents(log)) {
      const verdict = verdictOf(incident);
      const found = verdict && (await recountIncident(log, incident.id));
      if (verdict && found) yield { verdict, found };
    }
  } finally {
    await log.close();
  }
}

async function newestIncidents(log: TopicLog): Promise<Incident[]> {
  const newest = new Map<string, Incident>();
  const { start } = await log.bounds('incidents', 0);
  for await (const batch of log.scan('incidents', 0, { from: start }))
    for (const record of batch.records) {
      if (record.key === null || record.value === null) continue;
      const incident = readJson(record.value) as Incident;
      if ((newest.get(record.key)?.revision ?? -1) <= incident.revision) newest.set(record.key, incident);
    }
  return [...newest.values()];
}
