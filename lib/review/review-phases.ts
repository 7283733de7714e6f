import type { ManifestEntry } from '../../lambda/manifest/types';
import type { Finding } from './statement-under-review';

/** Looks at the phases of all migrations, in the order of their names. */
export function reviewPhases(
  migrations: readonly Pick<ManifestEntry, 'name' | 'file' | 'phase'>[],
): readonly Finding[] {
  return migrations.flatMap(({ file, phase }, index): readonly Finding[] => {
    const before = migrations[index - 1];
    const isTurned = phase === undefined && before?.phase === 'contract';
    return isTurned ? [{ code: 'phase-order', file, problem: runsFirst(before.name) }] : [];
  });
}

function runsFirst(contracting: string): string {
  return `it stands after ${contracting}, which has the phase contract: where one release brings both, this one runs first, and in a new database it runs second. Make sure that it works either way, or release it later`;
}
