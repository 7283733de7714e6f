import type { Scene } from '../integration/scene';

/**
 * An application that holds the only row of a new table `other`, and has written so much that the server makes whoever meets
 * it in a deadlock the victim. Its `meet` waits until a statement that begins so is kept waiting, makes the deadlock by
 * changing `counted`, and commits.
 */
export async function weightyApplication(scene: Scene): Promise<{ meet(statement: string): Promise<void> }> {
  await scene.sql('CREATE TABLE weighty (n INT PRIMARY KEY)');
  await scene.sql(`INSERT INTO weighty VALUES ${Array.from({ length: 200 }, (_, n) => `(${n})`).join()}`);
  await scene.sql('CREATE TABLE other (n INT PRIMARY KEY)');
  await scene.sql('INSERT INTO other VALUES (1)');
  const { database } = scene.session();
  for (const statement of ['START TRANSACTION', 'UPDATE weighty SET n = n + 1000', 'UPDATE other SET n = n + 1'])
    await database.write(statement);
  return {
    async meet(statement) {
      // In whatever database it is by then.
      await scene.until(async () =>
        (await scene.sql('SHOW FULL PROCESSLIST')).some(({ Info }) => String(Info).startsWith(statement)),
      );
      await database.write('UPDATE counted SET n = n + 100');
      await database.write('COMMIT');
    },
  };
}
