import type { DeploymentRow, DeploymentStatus } from '../plan/history';
import { milliseconds } from './utc-time';
import { deploymentTable } from './journal-tables';
import type { Database, Row } from '../ports';
import { optionalNumber, optionalText, text } from './row-values';
import { sql } from '../sql-text';

/** What the journal says of a run, for people. */
export interface RecentDeployment extends Pick<DeploymentRow, 'id' | 'status' | 'endedAt' | 'attempts' | 'error'> {
  /** `down` and `repair` are what somebody did by hand in between. */
  readonly type: Exclude<DeploymentRow['type'], 'Delete'> | 'down' | 'repair';
  /** The stack whose deployment it was; null for what was done by hand. */
  readonly stackId: string | null;
  /** Whether it was what the second resource of a construct runs: the phase contract. */
  readonly isContract: boolean;
  /** Whether it was refused before anything was run: it counts as reverted to whatever decides. */
  readonly isRefused: boolean;
  /** Digest of its release; null where it brought none. */
  readonly digest: string | null;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
  /** How long it took, or has taken until now, by the database's clock. */
  readonly tookMs: number | null;
  readonly isSettled: boolean;
  readonly isOwed: boolean;
}

/** The newest runs, newest first. Rows that only mark a request, or tell of an application, are none. */
export async function readRecentDeployments(database: Database, most: number): Promise<readonly RecentDeployment[]> {
  const rows = await database.query(
    `SELECT id, type, status, stackId, contractOf IS NOT NULL AS isContract,
       status = 'reverted' AND answered = 'FAILED' AND endedAt = startedAt AS isRefused, newDigest, attempts, settledAt IS NOT NULL AS isSettled,
       owedAt IS NOT NULL AND status <> 'reverted' AS isOwed, error,
       ${milliseconds('startedAt')} AS startedAt, ${milliseconds('endedAt')} AS endedAt,
       ${milliseconds('COALESCE(endedAt, UTC_TIMESTAMP(3))', 'startedAt')} AS tookMs ` +
      sql`FROM ${deploymentTable(database)}
          WHERE (type IN ('Create', 'Update', 'up') AND newHash IS NOT NULL) OR type IN ('down', 'repair')
          ORDER BY id DESC LIMIT ${most}`,
  );
  return rows.map(recentOf);
}

function recentOf(row: Row): RecentDeployment {
  return {
    id: Number(row['id']),
    type: text(row, 'type') as RecentDeployment['type'],
    status: text(row, 'status') as DeploymentStatus,
    stackId: optionalText(row, 'stackId') || null,
    isContract: Number(row['isContract']) !== 0,
    // Such a row is written at once with its end.
    isRefused: Number(row['isRefused']) !== 0,
    digest: optionalText(row, 'newDigest'),
    startedAt: optionalNumber(row, 'startedAt'),
    endedAt: optionalNumber(row, 'endedAt'),
    tookMs: optionalNumber(row, 'tookMs'),
    attempts: Number(row['attempts']),
    isSettled: Number(row['isSettled']) !== 0,
    isOwed: Number(row['isOwed']) !== 0,
    error: optionalText(row, 'error'),
  };
}
