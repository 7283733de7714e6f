import { whoIsAtWork } from './at-work';
import type { CurrentStep } from './current-step';
import { readAll, versionIn } from './read-all';
import { readRecentDeployments, type RecentDeployment } from '../journal/recent-deployments';
import { comparableRun, readSchemaAfter } from '../journal/schema-after-last-run';
import { latestTime, readSchema } from '../look/fingerprint';
import type { Database } from '../ports';
import { isContract, versionOf } from '../manifest/manifest';
import { NOWHERE, placeOf } from '../manifest/step-lines';
import { pendingOf } from '../plan/plan-forward';
import { checkHistory, type FindingCode } from '../plan/check-history';
import { isInDoubt, isOwed, progressOf, type History, type HistoryRow } from '../plan/history';
import { differencesOf, type Difference } from '../schema/schema-drift';
import { readScript } from '../sql/script';
import { namesOf } from '../words/explain';
import { journalsOf } from '../work/run';
import type { World } from '../world';

/** What the command `status` answers. Keys are only ever added: people and programs read it. */
export interface StatusAnswer {
  readonly database: string;
  readonly release: { readonly version: string; readonly digest: string; readonly count: number };
  /** In order of application. */
  readonly migrations: readonly MigrationStatus[];
  readonly pending: readonly string[];
  /** Those of the pending ones that have the phase contract. */
  readonly contract: readonly string[];
  /** Applied with another text than the release has. */
  readonly edited: readonly string[];
  /** Applied, and the release lacks them. */
  readonly missing: readonly string[];
  /** Steps of which nothing shows whether they were done. */
  readonly inDoubt: readonly StepInDoubt[];
  /** Releases that were rolled back, and what they applied waits to be reverted. */
  readonly owed: readonly string[];
  /** Newest first; at most ten. */
  readonly deployments: readonly DeploymentStatusLine[];
  /** The newest one. */
  readonly deployment: object | null;
  /** Who works on it at this moment, in words; null where nobody does. Then what is half-applied, or in doubt, is work in progress. */
  readonly lockedBy: string | null;
  /** How the schema differs from what the last run has left; absent where it was not asked for. */
  readonly drift?: Drift;
}

export type MigrationStatus = Pick<HistoryRow, 'name' | 'state' | 'stepsDone' | 'stepsTotal' | 'irreversible'>;

export interface StepInDoubt extends Pick<CurrentStep, 'migration' | 'direction' | 'step' | 'file' | 'line'> {
  /** Its beginning; null where the journal does not hold it. */
  readonly statement: string | null;
}

export interface DeploymentStatusLine extends Omit<RecentDeployment, 'startedAt' | 'endedAt'> {
  /** Name of the newest migration of its release; null where that is not known. */
  readonly version: string | null;
  /** ISO 8601. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** A comparison of the schema with what was left. */
export type Drift =
  | { readonly kind: 'compared'; readonly since: string; readonly differences: readonly Difference[] }
  | { readonly kind: 'not-comparable'; readonly because: string };

/** Deployments that are told of. */
const MOST_DEPLOYMENTS = 10;

/** Characters of a statement. */
const MOST_OF_STATEMENT = 500;

/** Bytes of definitions: an answer of a function has room for six million. */
const MOST_OF_DRIFT = 3_000_000;

/** What the database says ran, and what of the function's release did not. Changes nothing, and waits for nobody. */
export async function status(database: Database, world: World, wantsDrift: boolean): Promise<StatusAnswer> {
  const { history, journal } = await readAll(database);
  const recent = journal === 'complete' ? await readRecentDeployments(database, MOST_DEPLOYMENTS) : [];
  const pending = pendingOf(world.code, history.migrations);
  const findings = checkHistory(world.code, history);
  const lockedBy = await whoIsAtWork(database, history);
  const found = (code: FindingCode): readonly string[] =>
    findings.flatMap((finding) => (finding.code === code ? (finding.migration ?? []) : []));
  return {
    database: database.name,
    release: { version: versionOf(world.code), digest: world.code.digest, count: world.code.migrations.length },
    migrations: history.migrations.map(({ name, state, stepsDone, stepsTotal, irreversible }) => ({
      name,
      state,
      stepsDone,
      stepsTotal,
      irreversible,
    })),
    pending: namesOf(pending),
    contract: namesOf(pending.filter(isContract)),
    edited: found('checksum-changed'),
    missing: found('removed-migration'),
    inDoubt: await stepsInDoubt(database, history.migrations),
    owed: recent.flatMap(({ isOwed: isWaiting, digest }) => (isWaiting && digest !== null ? [digest] : [])),
    deployments: await withVersions(database, world, recent),
    deployment: newestOf(history),
    lockedBy,
    ...(wantsDrift && { drift: await driftOf(database, journal === 'complete' ? history : null, lockedBy !== null) }),
  };
}

function newestOf({ deployments: [newest] }: History): object | null {
  if (newest === undefined) return null;
  return {
    type: newest.type,
    status: newest.status,
    stack: newest.resource.stackId || null,
    endedAt: isoOf(newest.endedAt),
    isSettled: newest.settledAt !== null,
    isOwed: isOwed(newest),
    error: newest.error,
  };
}

async function withVersions(
  database: Database,
  { code }: World,
  recent: readonly RecentDeployment[],
): Promise<readonly DeploymentStatusLine[]> {
  const versions = new Map<string | null, string | null>();
  for (const { digest } of recent) {
    if (!versions.has(digest)) versions.set(digest, await versionIn(database, digest, code));
  }
  return recent.map((row) => ({
    ...row,
    version: versions.get(row.digest) ?? null,
    startedAt: isoOf(row.startedAt),
    endedAt: isoOf(row.endedAt),
  }));
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

async function stepsInDoubt(database: Database, rows: readonly HistoryRow[]): Promise<readonly StepInDoubt[]> {
  const { migrations } = journalsOf(database);
  const doubts: StepInDoubt[] = [];
  for (const row of rows.filter(isInDoubt)) {
    const { name, storedName } = row;
    const { direction, done } = progressOf(row);
    const script = await migrations.script(storedName);
    const downs = direction === 'up' ? null : await migrations.chosenDowns(storedName);
    const position = downs === null ? done : (downs[done]?.[0] ?? -1);
    const statement = script === null ? undefined : statementAt(script, direction, position);
    const shown = statement?.slice(0, MOST_OF_STATEMENT) ?? null;
    const { file, line } = placeOf(row, direction, position) ?? NOWHERE;
    doubts.push({ migration: name, direction, step: done + 1, statement: shown, file, line });
  }
  return doubts;
}

function statementAt(stored: string, direction: 'up' | 'down', position: number): string | undefined {
  const script = readScript(stored);
  return 'module' in script ? undefined : script[direction][position]?.text;
}

/** @param history null where there is no journal */
async function driftOf(database: Database, history: History | null, isLocked: boolean): Promise<Drift> {
  if (history === null || history.lastRun === null)
    return notComparable('no run has ended that left a schema to compare with');
  const last = comparableRun(history);
  if (isLocked || last === null) {
    return notComparable(
      'a deployment is at work or half done, or a rollback has kept a migration: the schema is meant to differ',
    );
  }
  const left = await readSchemaAfter(database, last);
  if (left === null) return notComparable('an older version of the function stored only the digest of that schema');
  const differences = differencesOf(left, await readSchema(database), latestTime());
  let bytes = 0;
  const cut = (text: string | null): string | null => {
    bytes += text?.length ?? 0;
    return text !== null && bytes > MOST_OF_DRIFT ? '… (too large for one answer)' : text;
  };
  return {
    kind: 'compared',
    since: `${last.type} ${last.id}`,
    differences: differences.map(({ label, before, now }) => ({ label, before: cut(before), now: cut(now) })),
  };
}

function notComparable(because: string): Drift {
  return { kind: 'not-comparable', because };
}
