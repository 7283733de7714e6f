import { readOtherHistories } from '../../../lambda/look/tool-tables';
import type { Database } from '../../../lambda/ports';

/** A server with `lower_case_table_names = 1` knows its tables by small letters alone. */
test('the history of a tool is known on a server that keeps names in small letters', async () => {
  const query = (statement: string): Promise<readonly Record<string, string>[]> =>
    Promise.resolve(statement.includes('COLUMN_NAME') ? [{ name: 'name' }] : [{ name: '0001_user.js' }]);
  const database = { name: 'app', query } as unknown as Database;
  expect(await readOtherHistories(database, ['sequelizemeta', 'elsewhere'])).toEqual([
    { tool: 'umzug', table: 'sequelizemeta', rows: [{ name: '0001_user.js' }], lock: [] },
  ]);
});
