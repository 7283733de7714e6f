import { DownPairing } from './down-pairing';
import { inventoryOf, type SchemaSnapshot } from './inventory';
import { resolveStatements, Snapshots, UpReplay, type ResolvedStatement } from './up-replay';

/** What to do with one statement of a down. */
export type DownDecision =
  | {
      readonly kind: 'run';
      readonly statement: string;
      /** Its object may be missing, because the step that makes it was never done: an error that says so is none. */
      readonly tolerateUnknown: boolean;
    }
  | {
      readonly kind: 'leave';
      readonly statement: string;
      /**
       * - `not-done`: the step that it undoes was not done; nothing is left over by leaving it
       * - `cannot-be-paired`: it may undo what was not done, or is needed to undo what was; only a person can tell
       * - `unknown`: its text does not say what it does
       */
      readonly reason: 'not-done' | 'cannot-be-paired' | 'unknown';
    };

/** A migration that stopped half-way, and what is known of the database. */
export interface HalfApplied {
  readonly up: readonly string[];
  readonly down: readonly string[];
  /** Number of up statements that are done; of none it is in doubt. */
  readonly stepsDone: number;
  /** What was there before this migration; null where nobody has noted it. An older state will do, less exactly. */
  readonly before: ReadonlySet<string> | SchemaSnapshot | null;
  readonly now: ReadonlySet<string> | SchemaSnapshot;
  readonly defaultSchema: string;
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
  const up = resolveStatements(half.up, half.defaultSchema);
  const down = resolveStatements(half.down, half.defaultSchema);
  const steps = up.map((step, index) => ({ ...step, isDone: index < half.stepsDone }));
  const counted = steps.filter(({ isSession }) => !isSession);
  if (counted.every(({ isDone }) => isDone) && half.stepsDone > 0)
    return down.map((statement) => run(statement, false));
  if (!counted.some(({ isDone }) => isDone)) return down.map((statement) => leave(statement, 'not-done'));

  const before = half.before && keysOf(half.before);
  const replay = new UpReplay(new Snapshots(before, keysOf(half.now), half.defaultSchema));
  for (const step of steps) {
    if (step.isDone) replay.done(step.effects);
    else replay.notDone.push(...(step.effects ?? []));
  }
  const pairing = new DownPairing(replay);
  return down.map((statement) => {
    if (!statement.effects) return leave(statement, 'unknown');
    const match = pairing.match(statement.effects);
    switch (match) {
      case 'done':
        return run(statement, false);
      case 'missing':
        return run(statement, true);
      case 'not-done':
      case 'cannot-be-paired':
        return leave(statement, match);
      default:
        return match satisfies never;
    }
  });
}

function run({ statement }: ResolvedStatement, tolerateUnknown: boolean): DownDecision {
  return { kind: 'run', statement, tolerateUnknown };
}

function leave({ statement }: ResolvedStatement, reason: 'not-done' | 'cannot-be-paired' | 'unknown'): DownDecision {
  return { kind: 'leave', statement, reason };
}

function keysOf(schema: ReadonlySet<string> | SchemaSnapshot): ReadonlySet<string> {
  return 'objects' in schema ? inventoryOf(schema) : schema;
}
