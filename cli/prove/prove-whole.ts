import type { Failed, Finding, FolderProof } from './finding';
import type { Direction } from '../../lambda/manifest/step-lines';
import type { PlayedFolder } from './played-folder';
import { releaseOf } from './played-release';
import { refusedIn } from './refused-in';
import { schemaDifferences, withoutEventTimes } from './restore/schema-difference';
import type { Played } from './played';
import type { Stage } from './stage';

/** Plays all migrations in one deployment: forward, back, and forward again. `found`: how many are wrong by themselves. */
export async function proveWhole(stage: Stage, folder: PlayedFolder, found: number): Promise<FolderProof> {
  const start = Date.now();
  const { migrations } = folder;
  const kept = migrations.findLastIndex(({ entry }) => entry.irreversible) + 1;
  const last = migrations[kept - 1]?.entry;
  const notes =
    last === undefined
      ? []
      : [`a rollback does not go below ${last.file}, which is irreversible: what comes up to it was only applied`];
  const proofOf = (
    verdict: FolderProof['verdict'],
    findings: readonly Finding[] = [],
    more: readonly string[] = [],
  ): FolderProof => ({
    verdict,
    findings,
    notes: [...notes, ...more],
    migrations: migrations.length - kept,
    milliseconds: Date.now() - start,
  });
  const refusalOf = ({ reason, refusals: [first] }: Played, direction: Direction): Failed => ({
    refused: first === undefined ? null : refusedIn(migrations, direction, first),
    reason,
  });
  const isFound = (finding: Finding): FolderProof => proofOf('found', [finding]);
  if (kept === migrations.length) return proofOf('not-played');
  const to = releaseOf(folder, migrations.length);

  const begun = await stage.startAt(releaseOf(folder, kept));
  if (begun.kind !== 'done') return proofOf('not-played', [], [begun.reason]);
  const before = await stage.schema();
  const up = await stage.forward(to);
  if (up.kind !== 'done')
    return isFound({ kind: 'up-failed', ...refusalOf(up, 'up'), left: [], revert: { kind: 'done' } });
  const after = await stage.schema();
  const down = await stage.back();
  // Of single migrations that is found for sure, here only where a second has gone by.
  const left = withoutEventTimes(schemaDifferences(before, await stage.schema(), await stage.sqlMode()));
  if (found > 0 && (down.kind !== 'done' || left.length > 0)) return proofOf('explained');
  if (down.kind !== 'done') return isFound({ kind: 'down-failed', ...refusalOf(down, 'down') });
  if (left.length > 0) return isFound({ kind: 'schema-not-restored', differences: left, again: null });
  const again = await stage.forward(to);
  if (again.kind !== 'done') return isFound({ kind: 'second-up-failed', ...refusalOf(again, 'up') });
  const differences = withoutEventTimes(schemaDifferences(after, await stage.schema(), await stage.sqlMode()));
  return differences.length > 0 ? isFound({ kind: 'second-up-differs', differences }) : proofOf('proved');
}
