import { migration } from '../../rules/dying-process';
import { release, type Scene, USER } from '../scene';

/** Migrations of {@link tables}. */
export const COUNT = 20;

/** A release that makes a table a migration, `t0` to `t19`. */
export function tables(change: (texts: string[]) => void = () => undefined): ReturnType<typeof release> {
  const ups = Array.from({ length: COUNT }, (_, index) => `CREATE TABLE t${index} (id INT PRIMARY KEY)`);
  change(ups);
  return release({
    '0001_user': USER,
    ...Object.fromEntries(ups.map((up, index) => [nameOf(index), migration(up, `DROP TABLE t${index}`)])),
  });
}

/** Name of the migration that makes a table. */
export function nameOf(index: number): string {
  return `${String(index + 10).padStart(4, '0')}_t${index}`;
}

/** How many of these tables there are. */
export async function madeTables(scene: Scene): Promise<number> {
  return Object.keys(await scene.schema()).filter((name) => /^table t\d+$/.test(name)).length;
}

/** A session that notes what the function sends in one packet. */
export function watching(scene: Scene, packets: (readonly string[])[]): ReturnType<Scene['connectingTo']> {
  const session = scene.session();
  return scene.connectingTo(session, {
    writeTogether: (statements, answered) => {
      packets.push(statements);
      return session.database.writeTogether(statements, answered);
    },
  });
}

/**
 * Steps in the first packet, in the fullest one, and in all of them, each counted once. How many packets there are depends on the
 * server: what it has not begun after a second is sent again.
 */
export function stepsIn(packets: readonly (readonly string[])[]): readonly [number, number, number] {
  const steps = packets.map((statements) => statements.filter((_, at) => at % 2 === 1));
  const sizes = steps.map(({ length }) => length);
  return [sizes[0] ?? 0, Math.max(...sizes), new Set(steps.flat()).size];
}
