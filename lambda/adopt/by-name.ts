import { compareNames } from '../manifest/name';
import { unfit, type ToolReader } from './tool-history';

/** umzug and sequelize-cli keep the names of files, such as 20260101120000-create-user.js. */
export const readNames: ToolReader = ({ rows }, names) => {
  const known = new Set(names);
  const stored = rows.flatMap(({ name }) => (name === null || name === undefined ? [] : [name]));
  const records = stored.toSorted(compareNames).map((theirs) => {
    const name = theirs.replace(/\.(?:up\.)?(?:[cm]?[jt]s|sql)$/, '');
    return { theirs, name: known.has(name) ? name : null };
  });
  return { kind: 'read', records, notes: [] };
};

/** knex keeps names too, and a lock: its ups are not transactional here, so that a lock that stayed says that one failed. */
export const readKnex: ToolReader = (tables, names) => {
  const isLocked = tables.lock.some((row) => Number(row['is_locked']) !== 0);
  if (!isLocked) return readNames(tables, names);
  return unfit(
    `knex holds its lock (${tables.table}_lock): it migrates at this moment, or died while it did, and then the newest ` +
      `migration may be half-applied. Wait for it, or put that in order and say "knex migrate:unlock"`,
  );
};
