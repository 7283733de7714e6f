import type { HistoryRow } from '../../lambda/plan/history';
import { isOwed } from '../../lambda/plan/history';
import type { PaperJournal } from '../paper/paper-journal';
import * as journalled from '../paper/paper-journal';
import { endDown, endUp } from '../paper/paper-schema';
import type { Run } from './delivery';
import type { Move } from './operations';
import type { World } from './world';

/** Somebody reverts by hand what was applied last, and puts it back: it belongs to that run then. */
export function workByHand(world: World, { alphabet }: Run): readonly Move[] {
  const { journal, stack, faultsLeft } = world;
  const [newest] = journal.deployments.filter(({ type }) => type !== 'Delete');
  const isAllowed =
    newest?.status === 'applied' &&
    !isOwed(newest) &&
    stack.code !== null &&
    newest.newDigest === alphabet.of(stack.code).manifest.digest;
  if (!isAllowed) return [];
  const unsettled = journal.deployments.findLast(mayGoBack)?.id ?? 0;
  return [1, 2].flatMap((count): readonly Move[] => {
    const rows = journal.migrations.slice(-count);
    const mayBe =
      rows.length === count &&
      rows.every(
        (row) =>
          row.state === 'applied' && !row.irreversible && row.removedBy === null && (row.deployment ?? 0) >= unsettled,
      );
    if (!mayBe || rows.some(({ contracts }) => contracts && newest.settledAt === null)) return [];
    // Between two deployments.
    const deployment = newest.id + 0.5;
    const migrations = journal.migrations.map((row) =>
      rows.includes(row) ? { ...row, deployment, owner: null } : row,
    );
    const label = `by hand: ${count} reverted and put back`;
    return [{ label, world: { ...world, faultsLeft: faultsLeft - 1, journal: { ...journal, migrations } } }];
  });
}

/** As `oldestUnsettled` of `journal/settle.ts` asks; here each deployment is of another release than the one before. */
function mayGoBack({ type, status, settledAt }: PaperJournal['deployments'][number]): boolean {
  return type !== 'Delete' && status === 'applied' && settledAt === null;
}

/** Somebody does what `needs-repair` asks for: half of an irreversible migration is taken away by hand, or finished. */
export function repairByHand(world: World): readonly Move[] {
  const { journal, stack } = world;
  if (stack.inFlight !== null) return [];
  const isHalf = ({ name }: HistoryRow): boolean => journal.schema.some((made) => made.name === name && made.isHalf);
  const asks = (row: HistoryRow): boolean => row.irreversible && row.state === 'applying' && isHalf(row);
  return journal.migrations.filter(asks).flatMap((row): readonly Move[] => {
    const finished = journalled.put(journal, { ...row, state: 'applied', stepsDone: row.stepsTotal });
    const isFinished = { ...finished, schema: endUp(journal.schema, row.name) };
    return [
      {
        label: `by hand: ${row.name} is reverted`,
        world: {
          ...world,
          journal: revertedByHand(journal, row.name),
          stack: { ...stack, retained: stack.retained.filter((name) => name !== row.name) },
        },
      },
      { label: `by hand: ${row.name} is finished`, world: { ...world, journal: isFinished } },
    ];
  });
}

/** What a person takes away by hand, and says so (`repair`). */
export function revertedByHand(journal: PaperJournal, name: string): PaperJournal {
  const schema = journal.schema.some((made) => made.name === name) ? endDown(journal.schema, name) : journal.schema;
  return journalled.endReverted({ ...journalled.drop(journal, name), schema });
}
