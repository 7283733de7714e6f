import { adopt } from './adopt';
import { down } from './down';
import { dump } from './dump';
import { rightLacking } from '../look/definition';
import { ConnectionLost, type Database } from '../ports';
import type { Command } from '../plan/command';
import { explainFailure } from '../words/explain';
import { failure } from '../words/failure';
import { lossOf, mayStartOver } from '../work/lost-session';
import { repair } from './repair';
import { showPlan } from './show-plan';
import { status } from './status';
import { withSnapshot } from '../work/await-snapshot';
import { up, type UpResult } from './up';
import { verify } from './verify';
import { watch } from './watch';
import { NOTHING_YET, SpentSession, type SoFar } from '../work/spent-session';
import type { World } from '../world';

/**
 * Runs a command and gives its result, which Lambda returns as JSON. Where its session is lost it is not begun again: whoever
 * asked for it is there to ask again.
 */
export async function runCommand(command: Command, world: World, requestId: string): Promise<unknown> {
  try {
    return await run(command, world, requestId);
  } catch (error) {
    if (!mayStartOver(error)) throw error;
    const { what, advice } = lossOf(error);
    const where = error instanceof ConnectionLost && error.where !== null ? ` at ${error.where}` : '';
    const state = 'what was done is in the journal, and {"command":"status"} shows it';
    const message = `${what}${where} (${error.message}); ${state}. ${advice} and try again`;
    throw new Error(explainFailure(failure('connection-lost', message)));
  }
}

async function run(command: Command, world: World, requestId: string): Promise<unknown> {
  switch (command.kind) {
    case 'status':
      return reading(world, (database) => status(database, world, command.wantsDrift));
    case 'plan':
      return reading(world, (database) => showPlan(database, world, command.release));
    case 'watch':
      return reading(world, (database) => watch(database, world));
    case 'verify':
      return reading(world, (database) => verify(database, world));
    case 'up':
      return runUp(world, requestId);
    case 'down':
      return inSessions(world, (database, soFar) => down(database, world, command.until, soFar));
    case 'repair':
      return inSession(world, (database) => repair(database, world, command));
    case 'adopt':
    case 'baseline':
      return (command.record === null ? reading : inSession)(world, (database) => adopt(database, world, command));
    case 'dump':
      return reading(world, (database) => dump(database));
  }
}

/** What only reads is read once more where the connection is lost, as when the cluster fails over. */
async function reading<Result>(world: World, work: (database: Database) => Promise<Result>): Promise<Result> {
  try {
    return await inSession(world, work);
  } catch (error) {
    if (!mayStartOver(error)) throw error;
    world.log.warn(`the connection was lost, reading again: ${error.message}`, { error: error.message });
    return inSession(world, work);
  }
}

async function inSession<Result>(world: World, work: (database: Database) => Promise<Result>): Promise<Result> {
  const connection = await world.connect();
  if (connection.kind === 'failed') throw new Error(explainFailure(connection.failure));
  try {
    return await work(connection.session.database);
  } catch (error) {
    const lacking = rightLacking(error, connection.session.database);
    throw lacking === null ? error : new Error(explainFailure(lacking));
  } finally {
    connection.session.close();
  }
}

/** The same, going on in a new session where one is spent. */
async function inSessions<Result>(
  world: World,
  work: (database: Database, soFar: SoFar) => Promise<Result>,
): Promise<Result> {
  for (let soFar = NOTHING_YET; ;) {
    try {
      return await inSession(world, (database) => work(database, soFar));
    } catch (error) {
      if (!(error instanceof SpentSession)) throw error;
      soFar = error.after(soFar);
    }
  }
}

async function runUp(world: World, requestId: string): Promise<UpResult> {
  const end = await withSnapshot<UpResult>(world, (taken) =>
    inSessions(world, (database, soFar) => up(database, world, requestId, taken, soFar)),
  );
  return end.kind === 'done' ? end.result : { kind: 'refused', failure: end.failure };
}
