import type { Mention } from '@foreshock/model/mention';
import { type MentionRefusal, REFUSALS } from '../refusal.ts';

/** What could not be replayed: where it stands, what is wrong, what to do. Line 0 is the file as a whole. */
export interface ReplayRefusal extends MentionRefusal {
  readonly file: string;
  readonly line: number;
  /** The column that was mapped to the field. */
  readonly column?: string;
  readonly remedy: string;
}

export type Replayed = { readonly mention: Mention } | { readonly refused: ReplayRefusal };

export const refusedAt = (
  place: { readonly file: string; readonly line: number; readonly column?: string },
  refused: MentionRefusal,
  remedy: string = REFUSALS[refused.code],
): { readonly refused: ReplayRefusal } => ({ refused: { ...place, ...refused, remedy } });
