import { hasChanged, lateOnes, pendingOf } from './plan-forward';
import { isHalf, isLeaving, nameOpenStep, progressOf, type History, type HistoryRow } from './history';
import { ADVISE_KEPT, adviseChecksum, adviseHalf, adviseReverted, adviseStep } from '../words/repair-advice';
import { shippedIn } from '../manifest/manifest';
import type { Manifest } from '../manifest/types';

/** Stable codes of what can be found. */
export type FindingCode =
  | 'checksum-changed'
  | 'deployment-unfinished'
  | 'drift'
  | 'half-applied'
  | 'incompatible-journal'
  | 'journal-absent'
  | 'journal-incomplete'
  | 'journal-outdated'
  | 'kept-migration'
  | 'lock-held'
  | 'not-vouched'
  | 'out-of-order'
  | 'removed-migration'
  | 'revert-owed';

/** Something that is not as the release and the history say that it should be. */
export interface Finding {
  readonly code: FindingCode;
  readonly message: string;
  readonly migration?: string;
}

const ADVISE_REMOVED = 'Put its file back and deploy, or deploy with onRemoved: REVERT, which reverts it';
const ADVISE_LATE = 'The next deployment applies it; with outOfOrder: FAIL give it a newer name';

/** Compares what the database says ran with a release. */
export function checkHistory(code: Manifest, { migrations }: History): readonly Finding[] {
  const shipped = shippedIn(code);
  const stored = new Map(migrations.map((row) => [row.name, row]));
  const changed = code.migrations.filter((entry) => hasChanged(entry, stored.get(entry.name)));
  return [
    ...changed.map(({ name, checksum }) => {
      const applied = stored.get(name)?.checksum ?? 'unknown';
      const advice = `Put the applied text back; ${adviseChecksum(name, checksum)}`;
      return found('checksum-changed', `was edited: applied ${applied}, in the release ${checksum}. ${advice}`, name);
    }),
    ...migrations
      .filter((row) => row.state === 'applied' && !shipped.has(row.name))
      .map((row) =>
        isLeaving(row)
          ? found('revert-owed', describeLeaving(row.name), row.name)
          : found('removed-migration', `is applied, and the release lacks it. ${ADVISE_REMOVED}`, row.name),
      ),
    ...migrations
      .filter(({ state }) => state === 'kept')
      .map(({ name }) => found('kept-migration', `was kept by a rollback. ${ADVISE_KEPT}`, name)),
    ...migrations.filter(isHalf).map((row) => found('half-applied', describeHalf(row), row.name)),
    ...lateOnes(pendingOf(code, migrations), migrations).map(({ name }) =>
      found('out-of-order', `is pending and sorts before an applied one. ${ADVISE_LATE}`, name),
    ),
  ];
}

function describeLeaving(name: string): string {
  return (
    `is applied, and waits to be reverted since the release lacks it. It is reverted when CloudFormation deletes the resource of the ` +
    `release before, at the end of the update. If that is over: ${adviseReverted(name)}`
  );
}

function describeHalf(row: HistoryRow): string {
  const { direction, done } = progressOf(row);
  if (row.before?.kind === 'blind') {
    return `stopped in ${nameOpenStep(row)}, and nothing shows whether that was done: ${adviseStep(row.name, done + 1)}`;
  }
  const steps = `${done} step${done === 1 ? '' : 's'} of its ${direction} ${done === 1 ? 'is' : 'are'} known to be done`;
  return `is half-applied: ${steps}. The next deployment reverts it first, or the next rollback; where that is refused: ${adviseHalf(row.name)}`;
}

function found(code: FindingCode, what: string, migration: string): Finding {
  return { code, message: `${migration} ${what}`, migration };
}
