import type { RequestPorts } from '../../lambda/events/answer-request';
import { writeOneByOne } from '../../lambda/edges/database/multi-statements';
import type { Database, Written } from '../../lambda/ports';
import { release, type Release, type Scene } from '../integration/scene';

/** The process is gone: nothing that it meant to do afterwards is done. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/**
 * A process that dies at the first command that begins so: before it reaches the server, or after, before its answer is
 * read. To be given to {@link Scene.run}, which then rejects with {@link ProcessDied}.
 */
export function dyingAt(scene: Scene, command: string | RegExp, when: 'before' | 'after'): Partial<RequestPorts> {
  const isIt = (statement: string): boolean =>
    typeof command === 'string' ? statement.startsWith(command) : command.test(statement);
  return {
    connect: () => {
      const session = scene.session();
      let isDead = false;
      const die = (): never => {
        isDead = true;
        session.close();
        throw new ProcessDied(`${when} ${String(command)}`);
      };
      const dieAt = async <T>(statement: string, work: () => Promise<T>): Promise<T> => {
        if (isDead) die();
        if (!isIt(statement)) return work();
        if (when === 'after') await work();
        return die();
      };
      const { database } = session;
      const write = (statement: string): Promise<Written> => dieAt(statement, () => database.write(statement));
      const mortal: Database = {
        name: database.name,
        packets: database.packets,
        query: (statement) => dieAt(statement, () => database.query(statement)),
        write,
        execute: (statement, parameters) => dieAt(statement, () => database.execute(statement, parameters)),
        readTogether: (statements) => database.readTogether(statements),
        writeTogether: (statements, answered) => writeOneByOne(write, statements, answered),
      };
      return Promise.resolve({ kind: 'connected', session: { database: mortal, close: () => session.close() } });
    },
  };
}

/** A release with a migration as its base, and one with a further migration. */
export function baseAndNext(base: string, up: string, down: string): readonly [Release, Release] {
  const first = { '0001_base': migration(base, 'DO 0') };
  return [release(first), release({ ...first, '0002_next': migration(up, down) })];
}

/** An SQL migration as a text. */
export function migration(up: string, down = 'SELECT 1'): string {
  return `-- migrate:up\n${up};\n-- migrate:down\n${down};`;
}
