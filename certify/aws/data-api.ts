import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../rehearsal/template/json';
import { CallRefused, type SignedCalls } from './signed-calls';

/** A database behind the RDS Data API, which is reached from outside of its network. */
export interface DataApiAddress {
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/** Runs one statement. A database that has paused is waited for. */
export async function runStatement(
  calls: SignedCalls,
  { clusterArn, secretArn, database }: DataApiAddress,
  sql: string,
): Promise<readonly Readonly<Record<string, Json>>[]> {
  const body = {
    resourceArn: clusterArn,
    secretArn,
    database,
    sql,
    formatRecordsAs: 'JSON',
    continueAfterTimeout: true,
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const { formattedRecords = '[]' } = (await calls.path('rds-data', 'rds-data', '/Execute', body)) as {
        readonly formattedRecords?: string;
      };
      return JSON.parse(formattedRecords) as readonly Readonly<Record<string, Json>>[];
    } catch (error) {
      const isResuming = error instanceof CallRefused && error.body.includes('DatabaseResuming');
      if (!isResuming || tries === MOST_TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

const MOST_TRIES = 24;
const PAUSE_MS = 5_000;
