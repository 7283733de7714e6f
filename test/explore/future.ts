import type { Failure } from '../../lambda/words/failure';
import { revertedByHand } from './by-hand';
import { updateCalmly } from './calmly';
import type { Run } from './delivery';
import { isAtRest, wantedBy } from './invariants';
import { sidesOf, turned, type World } from './world';

/** The migration that the next release adds. */
const NEXT = '0009';

const PUTS_BACK = /[Pp]ut the files? back|add the migrations? to this release|as it was applied/;

const REPAIRS = /"migration":"(\d+)","is":"reverted"/;

/**
 * What would keep a stack from its next release once all are at rest: that release contains what the stacks are at, and one migration
 * more. It is taken, at the latest after what a person does and the failure names: to put files back, or to revert by hand what no
 * stack needs, each once. Null where that is so for each stack, and where a person had a resource skipped.
 */
export function problemOfFuture(world: World, run: Run): string | null {
  const sides = sidesOf(world);
  if (!sides.every(({ stack, late }) => isAtRest(stack) && late.length === 0)) return null;
  if (sides.some(({ stack }) => stack.excuses.includes('skipped'))) return null;
  let seen = world;
  for (const { stack } of sides) {
    if (stack.mode === 'idle' && stack.stable !== null) {
      const problem = problemOfNext(seen, run);
      if (problem !== null) return `${stack.stable} is live, and ${problem}`;
    }
    seen = turned(seen);
  }
  return null;
}

function problemOfNext(world: World, run: Run): string | null {
  const live = sidesOf(world).filter(({ stack }) => stack.stable !== null);
  const wanted = new Set(live.flatMap(({ stack }) => wantedBy(stack, run)));
  const failureWith = (from: World, more: readonly string[] = []): Failure | null => {
    const next = run.alphabet.made(new Set([...wanted, ...more, NEXT]));
    return updateCalmly(from, ({ stable }) => (stable === null ? null : next), run).failure;
  };
  let now = world;
  let failure = failureWith(now);
  while (failure !== null) {
    const { code, message } = failure;
    const there = now.journal.schema.map(({ name }) => name);
    const named = there.filter((name) => message.includes(name) && !wanted.has(name));
    if (PUTS_BACK.test(message) && named.length > 0 && failureWith(now, named) === null) return null;
    const [, reverted] = REPAIRS.exec(message) ?? [];
    if (reverted === undefined) return `the next release is refused for good: ${code}`;
    if (wanted.has(reverted)) return `who follows ${code} takes ${reverted} away, which is live`;
    if (!now.journal.migrations.some(({ name }) => name === reverted))
      return `${code} asks for what was done: ${reverted}`;
    now = { ...now, journal: revertedByHand(now.journal, reverted) };
    failure = failureWith(now);
  }
  return null;
}
