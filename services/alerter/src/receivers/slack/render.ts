import { clockOf, dayOf, lineOf, type Message, messageOf } from '../message.ts';
import { plainText, truncate } from '../plain-text.ts';
import type { Rendered, RenderInput, RollUpInput } from '../receiver.ts';
import { BLOCK_CHARS_MAX, BODY_BYTES_MAX, type SlackBlock, type SlackMessage } from './schema.ts';

/** Sections of a roll-up; the rest is on the page. */
const INCIDENTS_SHOWN = 20;

/** Blocks for an incoming webhook. Whatever a stranger wrote stands in `plain_text`, where no markup is read. */
export function render(input: RenderInput): Rendered {
  return { body: JSON.stringify(fit(slackMessage(input))), contentType: 'application/json' };
}

function slackMessage(input: RenderInput): SlackMessage {
  switch (input.kind) {
    case 'incident':
      return incidentMessage(messageOf(input));
    case 'roll-up':
      return rollUpMessage(input);
    case 'operator':
      return envelope(`Foreshock needs you: ${plainText(input.sentence, 1_000)}`, [
        header('Foreshock needs you'),
        { type: 'section', text: plain(plainText(input.sentence, 1_000)) },
        { type: 'context', elements: [plain(`${dayOf(input.at)} ${clockOf(input.at)} UTC`)] },
      ]);
  }
}

function incidentMessage(message: Message): SlackMessage {
  const title = `${message.severity}: ${message.title}`;
  const blocks: SlackBlock[] = [header(title), { type: 'section', text: plain(message.sentence || title) }];
  if (message.figures.length > 0)
    blocks.push({
      type: 'section',
      fields: message.figures.map(({ label, value }) => plain(`${label}\n${value}`)),
    });
  if (message.phrases.length > 0)
    blocks.push({
      type: 'section',
      text: plain(
        `Rose: ${message.phrases.map(({ phrase, people }) => `“${phrase}” ${people} people`).join(', ')}`,
      ),
    });
  for (const { text, source, time, url } of message.posts) {
    blocks.push({ type: 'section', text: plain(`“${text}”`) });
    blocks.push({
      type: 'context',
      elements: [plain(`${time} UTC, ${source}`), ...(url ? [mrkdwn(linkTo(url, 'the post'))] : [])],
    });
  }
  blocks.push({
    type: 'section',
    text: mrkdwn(linkTo(message.link, message.open ? 'Open and acknowledge' : 'Open')),
  });
  blocks.push({ type: 'context', elements: [plain(message.history)] });
  return envelope(`${title}. ${message.sentence}`, blocks);
}

function rollUpMessage({ incidents, link }: RollUpInput): SlackMessage {
  const shown = incidents.slice(0, INCIDENTS_SHOWN);
  const rest = incidents.length - shown.length;
  const title = `${incidents.length} incidents at once`;
  return envelope(title, [
    header(title),
    ...shown.map((one): SlackBlock => {
      const { severity } = messageOf({ ...one, evidence: [] });
      const line = lineOf(one.notices[one.notices.length - 1]!.incident);
      return {
        type: 'context',
        elements: [plain(`${severity}: ${line}`), mrkdwn(linkTo(one.link, 'open'))],
      };
    }),
    ...(rest > 0 ? [{ type: 'section' as const, text: plain(`and ${rest} more`) }] : []),
    { type: 'section', text: mrkdwn(linkTo(link, 'All of them')) },
  ]);
}

const envelope = (text: string, blocks: readonly SlackBlock[]): SlackMessage => ({
  text: truncate(escapeMrkdwn(text), 2_900),
  blocks: [...blocks],
  unfurl_links: false,
  unfurl_media: false,
});

/** `&`, `<` and `>` are all that Slack’s markup needs to name a channel or a person. */
const escapeMrkdwn = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const header = (text: string): SlackBlock => ({ type: 'header', text: plain(truncate(text, 140)) });
const plain = (text: string) => ({ type: 'plain_text' as const, text: text || '…', emoji: false });
/** `verbatim`: Slack makes no links, names or channels of its own out of it. */
const mrkdwn = (text: string) => ({ type: 'mrkdwn' as const, text, verbatim: true as const });
const linkTo = (url: string, label: string): string =>
  `<${escapeMrkdwn(url).replaceAll('|', '%7C')}|${escapeMrkdwn(label)}>`;

/** Drops quotes of posts until the message fits; what must be read stays. */
function fit(message: SlackMessage): SlackMessage {
  let blocks = message.blocks;
  while (tooLarge({ ...message, blocks })) {
    const quote = blocks.findLastIndex(
      (block) =>
        block.type === 'section' && block.text?.type === 'plain_text' && block.text.text.startsWith('“'),
    );
    if (quote < 0) break;
    // A quote is followed by its source line.
    blocks = blocks.toSpliced(quote, blocks[quote + 1]?.type === 'context' ? 2 : 1);
  }
  return { ...message, blocks };
}

const tooLarge = (message: SlackMessage): boolean =>
  JSON.stringify(message.blocks).length > BLOCK_CHARS_MAX ||
  Buffer.byteLength(JSON.stringify(message)) > BODY_BYTES_MAX;
