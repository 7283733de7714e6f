import type { Database } from '../ports';
import type { Transaction } from './step-journal';

/** As written whatever completion_type a migration has set. */
export const COMMIT = 'COMMIT AND NO CHAIN NO RELEASE';
export const ROLLBACK = 'ROLLBACK AND NO CHAIN NO RELEASE';

/** A transaction of one migration. */
export function ownTransaction(database: Database, note: Transaction['end']): Transaction {
  return {
    begin: async () => {
      await database.write('START TRANSACTION');
    },
    end: async (event) => {
      const isJournalled = await note(event);
      await database.write(isJournalled ? COMMIT : ROLLBACK);
      return isJournalled;
    },
    rollBack: async () => {
      await database.write(ROLLBACK);
      return false;
    },
  };
}
