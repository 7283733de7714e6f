import { migrationTable } from './journal-tables';
import { ConnectionLost, type Database } from '../ports';
import { lockName } from '../session/lock';
import { fragment, sql, type Fragment } from '../sql-text';

/** Writes rows of the table `migration`. Each statement names its database, since a migration may say USE. */
export class RowWriter {
  readonly table: Fragment;

  constructor(readonly database: Database) {
    this.table = migrationTable(database);
  }

  /** A write that a step depends on: only while the lock is ours. False where `mayGoOn` does not hold. */
  async writeStep(storedName: string, assignments: string, mayGoOn = fragment('TRUE')): Promise<boolean> {
    const { found } = await this.database.write(
      sql`UPDATE ${this.table} SET ` +
        assignments +
        sql`, updatedAt = UTC_TIMESTAMP(3) WHERE name = ${storedName} AND ${mayGoOn} AND ${this.lockIsOurs()}`,
    );
    return found > 0 || this.requireLock();
  }

  /** A write of what is known, whoever holds the lock. */
  async update(storedName: string, assignments: string): Promise<void> {
    await this.database.write(
      sql`UPDATE ${this.table} SET ` + assignments + sql`, updatedAt = UTC_TIMESTAMP(3) WHERE name = ${storedName}`,
    );
  }

  lockIsOurs(): Fragment {
    return fragment(sql`IS_USED_LOCK(${lockName(this.database.name)}) = CONNECTION_ID()`);
  }

  /** False, unless the lock is gone: then somebody else may be at work, and history must be read anew. */
  async requireLock(): Promise<false> {
    const [row] = await this.database.query(sql`SELECT ${this.lockIsOurs()} AS isOurs`);
    if (Number(row?.['isOurs']) !== 1) throw new ConnectionLost('the lock is no longer ours');
    return false;
  }
}
