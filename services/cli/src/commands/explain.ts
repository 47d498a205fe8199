import type { Config } from '@foreshock/model/config';
import { type Digest, digestOf } from '@foreshock/text/digest';
import { requireConfig } from '../config.ts';
import { CliFault, type ExitCode } from '../fault.ts';
import { type IncidentRecount, recountIncident } from '../incident-recount.ts';
import { openExistingStore } from '../pipeline/start-pipeline.ts';
import { ask, messageIn, runningAt } from '../running.ts';
import { printable, type Terminal, table } from '../terminal.ts';

const POSTS_SHOWN = 20;

/** `foreshock explain INCIDENT`: recomputes the verdict from its mentions; 1 if the figures do not come out again. */
export async function explainCommand(
  incident: string,
  options: { config: string; port?: number; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const { config } = await requireConfig(options.config, { ...terminal, err: () => undefined });
  const answer = await ask(
    runningAt(config, options.port),
    `/api/incidents/${encodeURIComponent(incident)}/recount`,
  );
  if (answer && answer.status !== 200) throw new CliFault(`explain: ${messageIn(answer.json)}`);
  const found = answer ? (answer.json as IncidentRecount) : await fromStore(config, incident);
  if (!found) throw new CliFault(`explain: no incident ${incident} is in the store`);
  const digests = await Promise.all(found.bursts.map(digestOfBurst));
  if (options.json) terminal.out(`${JSON.stringify({ ...found, digests })}\n`);
  else tell(found, digests, terminal);
  return found.agrees ? 0 : 1;
}

async function fromStore(config: Config, incident: string): Promise<IncidentRecount | undefined> {
  const log = await openExistingStore(config);
  try {
    return await recountIncident(log, incident);
  } finally {
    await log.close();
  }
}

const digestOfBurst = (burst: IncidentRecount['bursts'][number]): Promise<Digest> =>
  digestOf(burst.posts.map(({ text, at }) => ({ text, atMs: Date.parse(at) })));

function tell(found: IncidentRecount, digests: readonly Digest[], terminal: Terminal): void {
  terminal.out(`${found.incident}  ${printable(found.title, 200)}\n${found.sentence}\n`);
  for (const [index, burst] of found.bursts.entries()) {
    terminal.out(
      `\n${burst.series}, ${burst.from} to ${burst.to}\n` +
        `  told       ${burst.told.people} people in ${burst.told.posts} posts, ${burst.told.threshold} needed to page\n` +
        `  recounted  ${burst.recounted.people} people in ${burst.recounted.posts} posts: ` +
        `${burst.agrees ? 'the figures come out again' : 'fewer than told (posts were erased or have expired)'}\n`,
    );
    const rows = burst.posts
      .slice(0, POSTS_SHOWN)
      .map((post) => [post.at.slice(11, 19), post.source, printable(post.text, 90)]);
    terminal.out(
      table(
        ['  at', 'source', 'post'],
        rows.map(([at, ...rest]) => [`  ${at}`, ...rest]),
      ),
    );
    if (burst.posts.length > POSTS_SHOWN)
      terminal.out(`  and ${burst.posts.length - POSTS_SHOWN} more (--json lists them all)\n`);
    terminal.out(digestText(digests[index]!));
  }
}

function digestText({ subjects, questions, quotes }: Digest): string {
  const lines = [
    ...(subjects.length > 0
      ? [`they speak of  ${subjects.map(({ phrase, texts }) => `${phrase} (${texts})`).join(', ')}`]
      : []),
    ...questions.map(
      ({ text, texts }) => `they ask       ${printable(text, 90)}${texts > 1 ? ` (${texts})` : ''}`,
    ),
    ...quotes.map(
      ({ text, copies, coordinated }) =>
        `in their words “${printable(text, 90)}”${copies > 1 ? ` (${copies} copies${coordinated ? ', coordinated' : ''})` : ''}`,
    ),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}
