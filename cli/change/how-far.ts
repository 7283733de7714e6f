import path from 'node:path';
import type { MigrationStatus, StatusAnswer } from '../../lambda/commands/status';
import type { DownUntil } from '../../lambda/plan/command';
import { refuse, type Refused } from '../../lambda/words/failure';

/** What people say of how far down it is to go. */
export type HowFar = DownUntil | { readonly kind: 'all' };

/** What the function understands: by the whole name of a migration, or by how many. */
export function untilOf(howFar: HowFar, { migrations }: Pick<StatusAnswer, 'migrations'>): DownUntil | Refused {
  const standing = migrations.filter(({ state }) => state !== 'removed');
  switch (howFar.kind) {
    case 'all':
      return { kind: 'steps', steps: standing.length };
    case 'steps':
      return howFar;
    case 'name':
      return named(howFar.name, standing);
    default:
      return howFar satisfies never;
  }
}

/** By its name, its file or its number, whose leading zeros do not count. One that is none of these is refused with what there is. */
export function named(
  said: string,
  standing: readonly Pick<MigrationStatus, 'name'>[],
): (DownUntil & { readonly kind: 'name' }) | Refused {
  const name = path.basename(said).replace(/(?:(?:\.up|\.down)?\.sql|\.c?js|\.ts)$/, '');
  const [exact] = standing.filter((each) => each.name === said || each.name === name);
  if (exact !== undefined) return { kind: 'name', name: exact.name };
  const numbered = /^\d+$/.test(name) ? standing.filter((each) => numberOf(each.name) === numberOf(name)) : [];
  const [only, ...others] = numbered;
  if (only === undefined) return { kind: 'name', name: said };
  if (others.length === 0) return { kind: 'name', name: only.name };
  const names = numbered.map((each) => each.name).join(', ');
  return refuse('bad-request', `${said} may be each of ${names}; nothing was run. Name one of them`);
}

function numberOf(name: string): string {
  return /^0*(\d+?)(?:\D|$)/.exec(name)?.[1] ?? '';
}
