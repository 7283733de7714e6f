import { type PlannedMigration, plannedMigration } from '../../lambda/commands/planned-migration';
import type { PlanAnswer } from '../../lambda/commands/show-plan';
import type { GivenMigration } from '../../lambda/plan/command';
import { releaseIn } from '../database/release-folder';
import type { MigrationsFolder } from '../migrations-folder';

/** A folder as a release that may be deployed, for a function that does not have it. */
export interface GivenRelease {
  /** Name of the folder. */
  readonly folder: string;
  readonly migrations: readonly GivenMigration[];
  /** An answer with the texts, which the function does not know. */
  completed<Answer extends PlanAnswer>(answer: Answer): Answer;
}

/** Reads a folder for a function that is to plan its deployment. */
export function givenRelease(folder: MigrationsFolder): GivenRelease {
  const { code, own } = releaseIn(folder, undefined);
  const known = new Map<string, PlannedMigration>(
    code.migrations.map((entry) => [entry.name, plannedMigration(entry, own, '', { left: Infinity })]),
  );
  return {
    folder: folder.name,
    migrations: code.migrations.map((entry) => ({ ...entry, tables: known.get(entry.name)?.tables ?? [] })),
    completed: (answer) => ({ ...answer, migrations: answer.apply.flatMap((name) => known.get(name) ?? []) }),
  };
}
