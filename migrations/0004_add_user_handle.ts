/**
 * Gives every user a handle for links, made of the name: "Zoë Müller" becomes "zoe-muller-42".
 * JavaScript, because MySQL cannot take accents off letters.
 */
interface Context {
  query(sql: string, params?: readonly unknown[]): Promise<readonly unknown[]>;
}

interface User {
  readonly id: number | string;
  readonly name: string;
}

const BATCH_SIZE = 500;

export async function up({ query }: Context): Promise<void> {
  await query('ALTER TABLE `user` ADD COLUMN `handle` VARCHAR(255) NULL AFTER `name`');
  for (let users = await usersAfter(query, 0); users.length > 0; users = await usersAfter(query, users.at(-1)?.id ?? 0)) {
    for (const { id, name } of users) {
      await query('UPDATE `user` SET `handle` = ? WHERE `id` = ?', [handleFor(name, id), id]);
    }
  }
  await query('ALTER TABLE `user` ADD UNIQUE KEY `user_handle` (`handle`)');
}

export async function down({ query }: Context): Promise<void> {
  await query('ALTER TABLE `user` DROP KEY `user_handle`, DROP COLUMN `handle`');
}

async function usersAfter(query: Context['query'], id: User['id']): Promise<readonly User[]> {
  const sql = `SELECT \`id\`, \`name\` FROM \`user\` WHERE \`id\` > ? ORDER BY \`id\` LIMIT ${BATCH_SIZE}`;
  return (await query(sql, [id])) as readonly User[];
}

function handleFor(name: string, id: User['id']): string {
  const letters = name.normalize('NFKD').replace(/\p{Mark}/gu, '');
  const words = letters.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...words, id].join('-').slice(-255);
}
