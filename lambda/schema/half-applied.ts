import { DownPairing } from './down-pairing';
import { inventoryOf, type SchemaSnapshot } from './inventory';
import { needsNotDone } from './needs-not-done';
import type { Step } from '../sql/step';
import { resolveSteps, Snapshots, UpReplay } from './up-replay';

/** What to do with one statement of a down. */
export type DownDecision =
  | {
      readonly kind: 'run';
      /** Its object may be missing, because the step that makes it was never done: an error that says so is none. */
      readonly tolerateUnknown: boolean;
    }
  | {
      readonly kind: 'leave';
      /**
       * - `not-done`: the step that it reverts was not done; nothing is left over by leaving it
       * - `cannot-be-paired`: it may revert what was not done, or is needed to revert what was; only a person can tell
       * - `unknown`: its text does not say what it does
       */
      readonly reason: 'not-done' | 'cannot-be-paired' | 'unknown';
    };

/** A migration that stopped half-way, and what is known of the database. */
export interface HalfApplied {
  readonly up: readonly Step[];
  readonly down: readonly Step[];
  /** Number of up statements that are done; of none it is in doubt. */
  readonly stepsDone: number;
  /** What was there before this migration; null where nobody has noted it. An older state will do, less exactly. */
  readonly before: ReadonlySet<string> | SchemaSnapshot | null;
  readonly now: ReadonlySet<string> | SchemaSnapshot;
  readonly defaultSchema: string;
  /** Whether names of tables mean the same in any case, as where lower_case_table_names is not 0. */
  readonly takesAnyCase: boolean;
}

/**
 * Decides which statements of a half-applied migration's down to run, in their order.
 *
 * They are paired with the done steps by the objects that both name. Nothing that stood before and that no done step
 * made is dropped, and no rows are changed that no done step wrote: `CREATE TABLE user` that failed because the table is
 * there must not cost the application its users.
 *
 * The decisions hold together: where one is `cannot-be-paired` or `unknown`, the caller had better run none of them.
 */
export function pairDowns(half: HalfApplied): readonly DownDecision[] {
  const { takesAnyCase } = half;
  // Where it takes any case, the server keeps `User` as `user`: the migration and the database name it differently.
  const inCase = (name: string): string => (takesAnyCase ? name.toLowerCase() : name);
  const defaultSchema = inCase(half.defaultSchema);
  const keysOf = (schema: ReadonlySet<string> | SchemaSnapshot): ReadonlySet<string> =>
    new Set([...('objects' in schema ? inventoryOf(schema) : schema)].map(inCase));
  const down = resolveSteps(half.down, defaultSchema, takesAnyCase);
  const up = resolveSteps(half.up, defaultSchema, takesAnyCase).map((each, at) => ({
    ...each,
    isDone: at < half.stepsDone,
  }));
  const counted = up.filter(({ step }) => step.nature !== 'session');
  if (counted.every(({ isDone }) => isDone) && half.stepsDone > 0) return down.map(() => run(false));
  if (!counted.some(({ isDone }) => isDone)) return down.map(() => leave('not-done'));

  const before = half.before && keysOf(half.before);
  const replay = new UpReplay(new Snapshots(before, keysOf(half.now), defaultSchema));
  for (const { effects, isDone } of up) {
    if (isDone) replay.done(effects);
    else replay.notDone.push(...(effects ?? []));
  }
  const notDone = up.flatMap(({ effects, isDone }) => (isDone ? [] : (effects ?? [])));
  const pairing = new DownPairing(replay);
  return down.map(({ step, effects }) => {
    if (!effects) return leave('unknown');
    const match = pairing.match(effects);
    if (match === 'done' && needsNotDone(step, effects, notDone, (table) => replay.isMade(table)))
      return leave('cannot-be-paired');
    return match === 'done' || match === 'missing' ? run(match === 'missing') : leave(match);
  });
}

function run(tolerateUnknown: boolean): DownDecision {
  return { kind: 'run', tolerateUnknown };
}

function leave(reason: 'not-done' | 'cannot-be-paired' | 'unknown'): DownDecision {
  return { kind: 'leave', reason };
}
