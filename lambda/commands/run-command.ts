import { adopt } from './adopt';
import { NOBODY } from './by-hand';
import { down } from './down';
import { dump } from './dump';
import { readHistory } from '../journal/history-reader';
import type { Database } from '../ports';
import type { Command } from '../plan/command';
import { explainFailure } from '../words/explain';
import type { History } from '../plan/history';
import { isOwed } from '../plan/history';
import { versionOf } from '../manifest/manifest';
import type { ManifestEntry } from '../manifest/types';
import { repair } from './repair';
import { withSnapshot } from '../work/snapshot-first';
import type { UpResult } from './up';
import { up } from './up';
import { verify } from './verify';
import type { World } from '../world';

/** Runs a command and gives its result, which Lambda returns as JSON. */
export async function runCommand(command: Command, world: World, requestId: string): Promise<unknown> {
  const withDatabase = (work: (database: Database) => Promise<unknown>): Promise<unknown> => inSession(world, work);
  switch (command.kind) {
    case 'status':
      return withDatabase((database) => status(database, world));
    case 'plan':
      return withDatabase((database) => plan(database, world));
    case 'verify':
      return withDatabase((database) => verify(database, world));
    case 'up':
      return runUp(world, requestId);
    case 'down':
      return withDatabase((database) => down(database, world, command.until));
    case 'repair':
      return withDatabase((database) => repair(database, world, command));
    case 'adopt':
    case 'baseline':
      return withDatabase((database) => adopt(database, world, command));
    case 'dump':
      return withDatabase((database) => dump(database));
    default:
      return command satisfies never;
  }
}

async function inSession<Result>(world: World, work: (database: Database) => Promise<Result>): Promise<Result> {
  const connection = await world.connect();
  if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
  try {
    return await work(connection.session.database);
  } finally {
    connection.session.close();
  }
}

async function runUp(world: World, requestId: string): Promise<UpResult> {
  const result = await withSnapshot(world, (snapshot) =>
    inSession(world, (database) => up(database, world, requestId, snapshot)),
  );
  return result.kind === 'no-snapshot' ? { kind: 'refused', failure: result.failure } : result;
}

/** What the database says ran, and what of the function's release did not. */
async function status(database: Database, world: World): Promise<unknown> {
  const history = await readAll(database);
  const newest = history.deployments[0];
  const pending = pendingOf(history.migrations, world);
  return {
    database: database.name,
    release: { version: versionOf(world.code), digest: world.code.digest, count: world.code.migrations.length },
    migrations: history.migrations.map(({ name, state, stepsDone, stepsTotal }) => ({
      name,
      state,
      stepsDone,
      stepsTotal,
    })),
    pending: namesOf(pending),
    contract: namesOf(contracting(pending)),
    deployment: newest
      ? {
          type: newest.type,
          status: newest.status,
          stack: newest.resource.stackId,
          endedAt: newest.endedAt === null ? null : new Date(newest.endedAt).toISOString(),
          isSettled: newest.settledAt !== null,
          isOwed: isOwed(newest),
          error: newest.error,
        }
      : null,
  };
}

/** What `up` would do. */
async function plan(database: Database, world: World): Promise<unknown> {
  const history = await readAll(database);
  const pending = pendingOf(history.migrations, world);
  return { apply: namesOf(pending), contract: namesOf(contracting(pending)) };
}

async function readAll(database: Database): Promise<History> {
  const reading = await readHistory(database, NOBODY);
  if (reading.journal === 'outdated') {
    throw new Error(
      'an older release of the function made the journal; it is brought up to date by the next deployment',
    );
  }
  if (reading.journal === 'unusable') throw new Error(explainFailure(reading.failure));
  return reading.history;
}

function pendingOf(
  rows: readonly { readonly name: string; readonly state: string }[],
  { code }: World,
): readonly ManifestEntry[] {
  const done = new Set(rows.filter(({ state }) => state === 'applied' || state === 'kept').map(({ name }) => name));
  return code.migrations.filter(({ name }) => !done.has(name));
}

function namesOf(entries: readonly ManifestEntry[]): readonly string[] {
  return entries.map(({ name }) => name);
}

/** What a deployment leaves for after the application. */
function contracting(entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  return entries.filter(({ phase }) => phase === 'contract');
}
