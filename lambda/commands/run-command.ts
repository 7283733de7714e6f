import { adopt } from './adopt';
import { down } from './down';
import { dump } from './dump';
import { ConnectionLost, type Database } from '../ports';
import type { Command } from '../plan/command';
import { explainFailure } from '../words/explain';
import { repair } from './repair';
import { showPlan } from './show-plan';
import { status } from './status';
import { withSnapshot } from '../work/await-snapshot';
import { up, type UpResult } from './up';
import { verify } from './verify';
import { watch } from './watch';
import type { World } from '../world';

/** Runs a command and gives its result, which Lambda returns as JSON. */
export async function runCommand(command: Command, world: World, requestId: string): Promise<unknown> {
  switch (command.kind) {
    case 'status':
      return reading(world, (database) => status(database, world, command.wantsDrift));
    case 'plan':
      return reading(world, (database) => showPlan(database, world));
    case 'watch':
      return reading(world, (database) => watch(database, world));
    case 'verify':
      return reading(world, (database) => verify(database, world));
    case 'up':
      return runUp(world, requestId);
    case 'down':
      return inSession(world, (database) => down(database, world, command.until));
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
    if (!(error instanceof ConnectionLost)) throw error;
    world.log.warn(`the connection was lost, reading again: ${error.message}`, { error: error.message });
    return inSession(world, work);
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
  const end = await withSnapshot<UpResult>(world, (taken) =>
    inSession(world, (database) => up(database, world, requestId, taken)),
  );
  return end.kind === 'done' ? end.result : { kind: 'refused', failure: end.failure };
}
