import type { ManifestEntry } from '../../../lambda/manifest/types';
import type { ReleaseContent } from './release-content';

/** Where the function dies: when the server has carried out this statement, and before the function knows. */
export interface DeathPoint {
  /** Logical id of the construct's custom resource. */
  readonly logicalId: string;
  readonly migration: ManifestEntry;
  readonly statement: string;
  /** From 1. */
  readonly step: number;
  readonly steps: number;
}

/**
 * The middle of the longest new migration in SQL: there is most to go wrong. Null where there is none; what the queries of a
 * migration in JavaScript are, only running it shows.
 */
export function deathPoint(
  contents: readonly ReleaseContent[],
  base: ReadonlyMap<string, ReadonlySet<string>>,
): DeathPoint | null {
  const points = contents.flatMap((content) =>
    pendingOf(content, base).flatMap((migration): readonly DeathPoint[] => {
      const script = content.script(migration);
      if (script.kind === 'module' || script.up.length === 0) return [];
      const step = Math.max(1, Math.floor(script.up.length / 2));
      const statement = script.up[step - 1] ?? '';
      // On a database that has nothing yet the first resource applies all; else the second one what contracts.
      const isFresh = (base.get(content.logicalId)?.size ?? 0) === 0;
      const contractId = migration.phase === 'contract' && !isFresh ? content.contractId : null;
      return [{ logicalId: contractId ?? content.logicalId, migration, statement, step, steps: script.up.length }];
    }),
  );
  return points.reduce<DeathPoint | null>(
    (most, each) => (most === null || each.steps > most.steps ? each : most),
    null,
  );
}

/**
 * The migrations that a release brings.
 *
 * @param base names of the migrations that the release before has applied, by logical id of the construct
 */
export function pendingOf(
  { logicalId, manifest }: ReleaseContent,
  base: ReadonlyMap<string, ReadonlySet<string>>,
): readonly ManifestEntry[] {
  return manifest.migrations.filter(({ name }) => base.get(logicalId)?.has(name) !== true);
}
