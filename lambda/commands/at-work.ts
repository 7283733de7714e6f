import { lockHolder, type LockHolder } from '../session/lock';
import type { Database } from '../ports';
import { isHalf, type DeploymentRow, type History } from '../plan/history';

/** Who is at work on the database at this moment, and on what since when, in words; null where nobody is. */
export async function whoIsAtWork(database: Database, history: History): Promise<string | null> {
  const holder = await lockHolder(database);
  return holder === null ? null : withRun(holder, history);
}

/** Who holds the lock, and on what since when, as far as the journal knows. */
export function withRun({ name }: LockHolder, history: History | null): string {
  const newest = history?.deployments[0];
  return newest?.status !== 'running' || newest.endedAt !== null ? name : `${name} (${describeRun(newest)})`;
}

function describeRun({ type, resource, startedAt }: DeploymentRow): string {
  const stack = /:stack\/([^/]+)/.exec(resource.stackId)?.[1];
  const began = new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ');
  return `${type}${stack === undefined ? '' : ` of ${stack}`}, begun ${began} UTC`;
}

/** What is half-applied while somebody is at work is work in progress. */
export function withoutHalf(history: History): History {
  return { ...history, migrations: history.migrations.filter((row) => !isHalf(row)) };
}
