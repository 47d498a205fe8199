import { clockOf, dayOf, lineOf, type Message, messageOf } from '../message.ts';
import { plainText } from '../plain-text.ts';
import type { Rendered, RenderInput, RollUpInput } from '../receiver.ts';

const COLUMNS = 84;
const INDENT = 10;
/** Lines of a roll-up; the rest is on the page. */
const INCIDENTS_SHOWN = 20;

/** A block that can be read from top to bottom by somebody who was just woken. */
export function render(input: RenderInput): Rendered {
  return { body: `${linesOf(input).join('\n')}\n`, contentType: 'text/plain; charset=utf-8' };
}

function linesOf(input: RenderInput): string[] {
  switch (input.kind) {
    case 'incident':
      return incidentLines(messageOf(input));
    case 'roll-up':
      return rollUpLines(input);
    case 'operator':
      return [
        `FORESHOCK  needs you (${dayOf(input.at)} ${clockOf(input.at)} UTC)`,
        ...wrap(plainText(input.sentence, 1_000), ''),
        '',
      ];
  }
}

function incidentLines(message: Message): string[] {
  const lines = [
    `${message.severity.toUpperCase()}  ${message.title}`,
    ...wrap(message.sentence, ''),
    '',
    ...wrap(message.history, 'When'),
    ...message.figures.flatMap(({ label, value }, index) =>
      wrap(`${label}: ${value}`, index === 0 ? 'Figures' : ''),
    ),
  ];
  if (message.phrases.length > 0)
    lines.push(
      ...wrap(message.phrases.map(({ phrase, people }) => `“${phrase}” ${people} people`).join(', '), 'Why'),
    );
  for (const [index, { text, source, time, url }] of message.posts.entries()) {
    lines.push(...wrap(`${time} ${source}: “${text}”`, index === 0 ? 'Posts' : ''));
    if (url) lines.push(`${' '.repeat(INDENT)}${url}`);
  }
  lines.push(`${'Link'.padEnd(INDENT)}${message.link}`);
  if (message.open) lines.push(...wrap('open the link and press Acknowledge: reminders stop.', 'Next'));
  return [...lines, ''];
}

function rollUpLines({ incidents, link }: RollUpInput): string[] {
  const shown = incidents.slice(0, INCIDENTS_SHOWN);
  const rest = incidents.length - shown.length;
  return [
    `SEVERAL  ${incidents.length} incidents at once`,
    ...shown.flatMap((one) => {
      const { severity } = messageOf({ ...one, evidence: [] });
      return wrap(lineOf(one.notices[one.notices.length - 1]!.incident), severity);
    }),
    ...(rest > 0 ? wrap(`${rest} more are on the page`, 'And') : []),
    `${'Link'.padEnd(INDENT)}${link}`,
    '',
  ];
}

/** Breaks at spaces, so that a terminal never breaks inside a word; a longer word stands alone. */
function wrap(text: string, label: string): string[] {
  const width = COLUMNS - INDENT;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((one, index) => `${(index === 0 ? label : '').padEnd(INDENT)}${one}`);
}
