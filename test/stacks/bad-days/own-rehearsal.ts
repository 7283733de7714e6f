import { Rehearsal } from '../../../rehearsal/rehearsal';
import type { Database } from '../../../rehearsal/servers/database-types';
import { startAnother, type StartableServer } from '../../startable-servers';
import { SECRET_ARN } from '../small-app';
import { productionNode, type StackScene } from '../stack-scene';

/** As Aurora's master user is: neither read_only nor max_connections makes an exception for it. */
export const APP = { username: 'app', password: 'of-the-application' };

/** A rehearsal on a server of its own, whose settings may be changed, as the application's user. */
export interface OwnRehearsal {
  readonly database: Database;
  readonly rehearsal: Rehearsal;
  stop(): Promise<void>;
}

/** @param args of the server: what cannot be set later */
export async function startOwnRehearsal(server: StartableServer, args: readonly string[]): Promise<OwnRehearsal> {
  const database = await startAnother(server, { fast: true, args });
  const options = { database, retryDelaysMs: [1, 1], reuseProcesses: true, nodePath: productionNode() };
  const rehearsal = await Rehearsal.start(options);
  rehearsal.secrets.set(SECRET_ARN, APP);
  return {
    database,
    rehearsal,
    async stop() {
      await rehearsal.stop();
      await database.stop();
    },
  };
}

/** Lets the application's user into the database of a scene. */
export async function admitApplication(scene: StackScene): Promise<void> {
  await scene.sql(`CREATE USER IF NOT EXISTS ${APP.username} IDENTIFIED BY '${APP.password}'`);
  await scene.sql(`GRANT ALL ON ${scene.database}.* TO ${APP.username}`);
}
