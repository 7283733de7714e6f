import type { Database } from '../ports';

/** Whether names of tables and databases mean the same in any case on this server: `User` is `user` there. */
export async function takesAnyCase(database: Database): Promise<boolean> {
  const [row] = await database.query('SELECT @@lower_case_table_names AS setting');
  return Number(row?.['setting']) !== 0;
}
