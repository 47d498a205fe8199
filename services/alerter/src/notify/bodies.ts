import type { Group } from '@foreshock/alert/delivery/plan';
import type { EvidenceText, Incident } from '@foreshock/model/incident';
import type { OperatorInput, Receiver, Rendered, RenderInput } from '../receivers/receiver.ts';
import type { DeskContext } from './desk.ts';

const POSTS_MAX = 3;

type BodyContext = Pick<DeskContext, 'publicUrl' | 'textOf' | 'textsReady' | 'logger'>;

/** One body for the notices of one incident, or a roll-up for those of several. */
export async function renderGroups(
  context: BodyContext,
  receiver: Receiver,
  groups: readonly Group[],
): Promise<Rendered> {
  const [first] = groups;
  if (!first) throw new Error('nothing to render');
  if (groups.length > 1)
    return rendered(context, receiver, {
      kind: 'roll-up',
      incidents: groups.map(({ notices, incident }) => ({ notices, link: linkTo(context, incident) })),
      link: `${context.publicUrl}/incidents`,
    });
  const { incident } = first.notices[first.notices.length - 1]!;
  return rendered(context, receiver, {
    kind: 'incident',
    notices: first.notices,
    evidence: await evidenceOf(context, incident),
    link: linkTo(context, incident.id),
  });
}

/** Our own sentence: nothing in it can fail to render. */
export const renderOperator = (receiver: Receiver, input: OperatorInput): Rendered => receiver.render(input);

const linkTo = ({ publicUrl }: BodyContext, incident: string): string =>
  `${publicUrl}/incidents/${encodeURIComponent(incident)}`;

/** The posts of an incident that are still there. Those written with the notice may be a moment behind it. */
async function evidenceOf(context: BodyContext, incident: Incident): Promise<EvidenceText[]> {
  const wanted = incident.evidence.slice(0, POSTS_MAX);
  if (wanted.some((id) => context.textOf(id) === undefined)) await context.textsReady();
  return incident.evidence.flatMap((id) => context.textOf(id) ?? []).slice(0, POSTS_MAX);
}

/** A page that cannot be rendered is still told, as its title and link: a fault of ours must not silence it. */
function rendered(context: BodyContext, receiver: Receiver, input: RenderInput): Rendered {
  try {
    return receiver.render(input);
  } catch (error) {
    if (input.kind === 'operator') throw error;
    context.logger.error(
      { receiver: receiver.id, reason: error instanceof Error ? error.message : String(error) },
      'An incident could not be rendered in full and is told by its title; please report this.',
    );
    const notices = input.kind === 'incident' ? input.notices : input.incidents.flatMap((one) => one.notices);
    const newest = notices[notices.length - 1]!;
    const sentence = `${newest.incident.title}: ${newest.transition}. ${input.link}`;
    return receiver.render({ kind: 'operator', at: newest.at, sentence });
  }
}
