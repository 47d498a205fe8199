import { Closed } from '@foreshock/model/record';
import Type, { type Static } from 'typebox';

/** Slack counts characters; these are its published limits. */
const Plain = (maxLength: number) =>
  Closed({
    type: Type.Literal('plain_text'),
    text: Type.String({ minLength: 1, maxLength }),
    emoji: Type.Optional(Type.Boolean()),
  });
const Mrkdwn = (maxLength: number) =>
  Closed({
    type: Type.Literal('mrkdwn'),
    text: Type.String({ minLength: 1, maxLength }),
    verbatim: Type.Literal(true),
  });

const Header = Closed({ type: Type.Literal('header'), text: Plain(150) });
const Section = Closed({
  type: Type.Literal('section'),
  text: Type.Optional(Type.Union([Plain(3_000), Mrkdwn(3_000)])),
  fields: Type.Optional(Type.Array(Plain(2_000), { minItems: 1, maxItems: 10 })),
});
const Context = Closed({
  type: Type.Literal('context'),
  elements: Type.Array(Type.Union([Plain(2_000), Mrkdwn(2_000)]), { minItems: 1, maxItems: 10 }),
});

export const SlackBlock = Type.Union([Header, Section, Context]);
export type SlackBlock = Static<typeof SlackBlock>;

/** The body of an incoming webhook, as far as Foreshock uses it. */
export const SlackMessage = Closed({
  text: Type.String({ minLength: 1, maxLength: 3_000 }),
  blocks: Type.Array(SlackBlock, { minItems: 1, maxItems: 50 }),
  unfurl_links: Type.Literal(false),
  unfurl_media: Type.Literal(false),
});
export type SlackMessage = Static<typeof SlackMessage>;

/** Over all blocks: beyond about 13,200 characters Slack answers `msg_blocks_too_long`. */
export const BLOCK_CHARS_MAX = 12_000;
/** Of the encoded body: 12,000 characters of four bytes each and the JSON around them. */
export const BODY_BYTES_MAX = 60_000;
