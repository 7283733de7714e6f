import type { StatusAnswer } from '../../lambda/commands/status';
import type { DownUntil } from '../../lambda/plan/command';
import { refuse, type Refused } from '../../lambda/words/failure';
import { wholeNameOf } from '../whole-name';

/** What people say of how far down it is to go. */
export type HowFar = DownUntil | { readonly kind: 'all' };

/** What the function understands: by the whole name of a migration, or by how many. */
export function untilOf(howFar: HowFar, { migrations }: Pick<StatusAnswer, 'migrations'>): DownUntil | Refused {
  const standing = migrations.flatMap(({ name, state }) => (state === 'removed' ? [] : [name]));
  switch (howFar.kind) {
    case 'all':
      return { kind: 'steps', steps: standing.length };
    case 'steps':
      return howFar;
    case 'name': {
      const until = wholeNameOf(howFar.name, standing);
      return until.kind === 'name' ? until : refuse('bad-request', `${until.why}; nothing was run`);
    }
    default:
      return howFar satisfies never;
  }
}
