import { ENVIRONMENT } from '../../../lambda/contract';
import { migrationLines } from '../../../rehearsal/report/migration-lines';
import type { JsonObject } from '../../../rehearsal/template/json';
import type { DatabaseReport, MigrationReport, StatementReport } from '../report/rehearsal-report';
import type { ManifestEntry } from '../../../lambda/manifest/types';
import { schemaChanges } from './database-dumps';
import { isSameDatabase } from './databases-apart';
import { pendingOf } from './death-point';
import type { ReleaseContent } from './release-content';
import type { Act } from './stage';
import type { RunStatement } from './statement-log';

/**
 * What each construct did to its database in an undisturbed deployment.
 *
 * @param back statements that were run when that was reverted
 */
export function databaseReports(
  next: readonly ReleaseContent[],
  base: readonly ReleaseContent[],
  act: Act,
  back: readonly RunStatement[],
): readonly DatabaseReport[] {
  const { recording, before, after } = act;
  const took = timesIn(act);
  const baseNames = namesBefore(base, next);
  return next.map((content) => {
    const name = databaseOf(content, act);
    const old = migrationsBefore(base, content);
    const own = new Set(content.manifest.migrations.map((each) => each.name));
    const pending = pendingOf(content, baseNames);
    return {
      logicalId: content.logicalId,
      name,
      from: old.at(-1)?.name ?? '',
      to: content.manifest.migrations.at(-1)?.name ?? '',
      before: content.manifest.migrations.length - pending.length,
      migrations: pending.map((migration): MigrationReport => {
        const script = content.script(migration);
        const isSql = script.kind === 'sql';
        return {
          name: migration.name,
          file: migration.file,
          form: script.kind,
          phase: migration.phase ?? 'expand',
          isIrreversible: migration.irreversible,
          milliseconds: took.get(migration.name) ?? null,
          up: isSql ? timed(script.up, recording.statements) : [],
          down: isSql ? timed(script.down, back) : [],
        };
      }),
      removed: old.map((each) => each.name).filter((each) => !own.has(each)),
      schema: schemaChanges(name, before.get(name), after.get(name)),
    };
  });
}

/** Names of the migrations that a release finds applied by the one before, by logical id of its own construct. */
export function namesBefore(
  base: readonly ReleaseContent[],
  next: readonly ReleaseContent[],
): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    next.map((content) => [content.logicalId, new Set(migrationsBefore(base, content).map(({ name }) => name))]),
  );
}

/** A construct that has another name now still finds what was applied under the old one. */
function migrationsBefore(base: readonly ReleaseContent[], content: ReleaseContent): readonly ManifestEntry[] {
  return base.filter((each) => isSameDatabase(each, content)).flatMap(({ manifest }) => manifest.migrations);
}

/** The name that the template gives it, its functions evaluated. */
export function databaseOf({ functionId }: ReleaseContent, { recording }: Act): string {
  const environment = recording.resources.get(functionId)?.properties.Environment as JsonObject | undefined;
  const variables = environment?.Variables as JsonObject | undefined;
  const name = variables?.[ENVIRONMENT.database];
  return typeof name === 'string' ? name : '';
}

/** Milliseconds by migration, as the function says it. */
function timesIn({ recording }: Act): ReadonlyMap<string, number> {
  return new Map(
    migrationLines(recording.invocations).flatMap(({ message }) => {
      const [, name = '', took] = /^migrated (\S+) in (\d+) ms/.exec(message) ?? [];
      return took === undefined ? [] : [[name, Number(took)] as const];
    }),
  );
}

/** Each statement with the time of the one that was run and not given to another one before. */
function timed(statements: readonly string[], run: readonly RunStatement[]): readonly StatementReport[] {
  const left = [...run];
  return statements.map((sql) => {
    // The function may set a variable for a statement, which then stands before it.
    const at = left.findIndex((each) => each.sql.trimEnd().endsWith(sql.trim()));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    return { sql, milliseconds: found?.milliseconds ?? null };
  });
}
