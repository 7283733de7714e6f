/**
 * Gives every note a slug for links, made of its first words: "Buy some crème" becomes "buy-some-creme-42".
 * TypeScript, because MySQL cannot take accents off letters.
 */
interface Context {
  readonly query: (sql: string, params?: readonly unknown[]) => Promise<readonly unknown[]>;
}

interface Note {
  readonly id: number | string;
  readonly body: string;
}

// Not the whole table at once: the function has little memory.
const BATCH_SIZE = 500;

export async function up({ query }: Context): Promise<void> {
  let last: Note['id'] = 0;
  for (;;) {
    const sql = `SELECT id, body FROM note WHERE id > ? ORDER BY id LIMIT ${BATCH_SIZE}`;
    const notes = (await query(sql, [last])) as readonly Note[];
    for (const { id, body } of notes) {
      await query('UPDATE note SET slug = ? WHERE id = ?', [slugFor(body, id), id]);
      last = id;
    }
    if (notes.length < BATCH_SIZE) return;
  }
}

export async function down({ query }: Context): Promise<void> {
  await query('UPDATE note SET slug = NULL');
}

function slugFor(body: string, id: Note['id']): string {
  const letters = body.slice(0, 200).normalize('NFKD').replace(/\p{Mark}/gu, '');
  const words = letters.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return [...words.slice(0, 5), id].join('-').slice(-80);
}
