import { CliFault } from '../fault.ts';

/** What one process can do of the whole. */
export const ROLES = ['ingest', 'detector', 'alerter', 'dashboard'] as const;
export type Role = (typeof ROLES)[number];

/** The roles that `--only` asks for; all where it is absent. Throws `CliFault` for one that is not there. */
export function rolesOf(only: string | undefined): ReadonlySet<Role> {
  if (only === undefined) return new Set(ROLES);
  const asked = only.split(',').map((name) => name.trim());
  const unknown = asked.find((name) => !(ROLES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new CliFault(`--only ${unknown}: there is no such role - write ${ROLES.join(', ')}`, 2);
  return new Set(asked as Role[]);
}
