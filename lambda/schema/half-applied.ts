import { DownPairing } from './down-pairing';
import { IndirectWrites, type Elsewhere } from './indirect-writes';
import { inventoryAfter } from './inventory-after';
import { inventoryOf, type SchemaObject, type SchemaSnapshot } from './inventory';
import { needsNotDone } from './needs-not-done';
import type { Step } from '../sql/step';
import { resolveSteps, type ResolvedStep } from './resolved-step';
import { Snapshots, UpReplay } from './up-replay';

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
  /** What was there before this migration and the ones in `applied`; null where nobody has noted it. */
  readonly before: SchemaSnapshot | null;
  /** The ups of migrations that were applied since `before`, the oldest first. */
  readonly applied: readonly (readonly Step[])[];
  readonly now: SchemaSnapshot;
  readonly defaultSchema: string;
  /** Whether names of tables mean the same in any case, as where lower_case_table_names is not 0. */
  readonly takesAnyCase: boolean;
  /** What in other databases may have written rows that no statement named. */
  readonly elsewhere: readonly Elsewhere[];
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
  const { stepsDone, takesAnyCase } = half;
  // Where it takes any case, the server keeps `User` as `user`: the migration and the database name it differently.
  const inCase = (name: string): string => (takesAnyCase ? name.toLowerCase() : name);
  const defaultSchema = inCase(half.defaultSchema);
  const down = resolveSteps(half.down, defaultSchema, takesAnyCase);
  const up = resolveSteps(half.up, defaultSchema, takesAnyCase);
  const [done, left] = [up.slice(0, stepsDone), up.slice(stepsDone)];
  const counts = ({ step }: ResolvedStep): boolean => step.nature !== 'session';
  if (stepsDone > 0 && !left.some(counts)) return down.map(() => run(false));
  if (!done.some(counts)) return down.map(() => leave('not-done'));

  const now = inventoryOf(half.now, takesAnyCase);
  const before =
    half.before &&
    inventoryAfter(inventoryOf(half.before, takesAnyCase), half.applied, now, defaultSchema, takesAnyCase);
  const replay = new UpReplay(new Snapshots(before, now, defaultSchema));
  const objects = [...(half.before?.objects ?? []), ...half.now.objects, ...objectsMade(up)];
  const indirect = new IndirectWrites(
    objects.map((object) => ({ ...object, name: inCase(object.name) })),
    half.elsewhere,
    defaultSchema,
  );
  for (const each of done) {
    replay.leads(indirect.of(each), 'done');
    replay.done(each.effects);
  }
  for (const each of left) replay.leads(indirect.of(each), 'not-done');
  const notDone = left.flatMap(({ effects = [] }) => effects);
  replay.notDone.push(...notDone);
  const pairing = new DownPairing(replay);
  const matches = down.map((each) => {
    if (!each.effects) return 'unknown';
    const match = pairing.match(each.effects);
    const isImpossible =
      match === 'done' && needsNotDone(each, indirect.readBy(each), notDone, (table) => replay.isMade(table));
    return isImpossible ? 'cannot-be-paired' : match;
  });
  return matches.map((match, at) => {
    if (match === 'done') return run(false);
    if (match === 'missing') {
      const leavesFormer = left.some(({ effects = [] }) => pairing.leavesFormer(down[at]?.effects ?? [], effects));
      return leavesFormer ? leave('cannot-be-paired') : run(true);
    }
    const unrun = match === 'not-done' ? down[at] : undefined;
    const leavesChanges = unrun !== undefined && (hasAnother(unrun.step) || pairing.leavesChanges(unrun.effects ?? []));
    return leave(leavesChanges ? 'cannot-be-paired' : match);
  });
}

/** Whether a statement that names objects alone has another one in it, as where a semicolon was forgotten: nobody has paired that. */
function hasAnother(step: Step): boolean {
  return /^(DROP|RENAME|(ALTER|CREATE) TABLE)\b/.test(step.words.join(' ')) && step.shows('writesBehind');
}

/** What an up may have made and dropped again. */
function objectsMade(up: readonly ResolvedStep[]): readonly SchemaObject[] {
  return up.flatMap(({ step, effects = [] }) =>
    effects.flatMap(({ action, object: { kind, name } }) =>
      action === 'create' && (kind === 'view' || kind === 'trigger' || kind === 'function' || kind === 'procedure')
        ? [{ kind, name, definition: step.text }]
        : [],
    ),
  );
}

function run(tolerateUnknown: boolean): DownDecision {
  return { kind: 'run', tolerateUnknown };
}

function leave(reason: 'not-done' | 'cannot-be-paired' | 'unknown'): DownDecision {
  return { kind: 'leave', reason };
}
