import { withoutHalf } from './at-work';
import { NOBODY } from './by-hand';
import { readSchema } from '../look/fingerprint';
import { readHistory } from '../journal/history-reader';
import { comparableRun, describeDriftSince } from '../journal/schema-after-last-run';
import { lockHolder } from '../session/lock';
import type { Database } from '../ports';
import { VouchedScripts } from '../journal/vouched-scripts';
import { checkHistory, type Finding } from '../plan/check-history';
import { describeOwed } from '../words/describe-owed';
import { isOwed, type History, type HistoryRow } from '../plan/history';
import { ADVISE_DRIFT, adviseReverted } from '../words/repair-advice';
import { journalsOf } from '../work/run';
import type { World } from '../world';

/** What verifying found. */
export interface Verification {
  /** Whether nothing was found. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
}

/** Compares history, stored scripts and schema with each other and with the function's release. Changes nothing. */
export async function verify(database: Database, world: World): Promise<Verification> {
  const holder = await lockHolder(database);
  const atWork: readonly Finding[] =
    holder === null
      ? []
      : [
          {
            code: 'lock-held',
            message: `${holder.name} holds the lock: what is found beside it may be work in progress`,
          },
        ];
  const findings = [...atWork, ...(await findingsOf(database, world, holder !== null))];
  return { ok: findings.length === 0, findings };
}

async function findingsOf(database: Database, world: World, isAtWork: boolean): Promise<readonly Finding[]> {
  const reading = await readHistory(database, NOBODY);
  if (reading.journal === 'outdated') {
    const message = 'an older version of the function made the journal; the next deployment brings it up to date';
    return [{ code: 'journal-outdated', message }];
  }
  if (reading.journal === 'unusable') {
    const { code, message } = reading.failure;
    return [{ code: code === 'incompatible-journal' ? code : 'journal-incomplete', message }];
  }
  if (reading.journal === 'absent') {
    const message = 'there is no table migration_deployment: nothing was deployed to this database yet';
    return [{ code: 'journal-absent', message }];
  }
  const { history } = reading;
  return [
    ...(isAtWork ? [] : unfinishedIn(history)),
    ...checkHistory(world.code, isAtWork ? withoutHalf(history) : history),
    ...(await untrueScripts(database, world, history.migrations)),
    ...(isAtWork ? [] : await driftOf(database, history)),
  ];
}

function unfinishedIn({ deployments }: History): readonly Finding[] {
  const runs = deployments.filter(({ type }) => type === 'Create' || type === 'Update' || type === 'up');
  // Of those by hand only the very last one, which the next run puts in order.
  const newest = runs.find(
    ({ type, status }, at) => type !== 'up' || (at === 0 && status !== 'applied' && status !== 'reverted'),
  );
  if (newest === undefined) return [];
  if (isOwed(newest)) return [{ code: 'revert-owed', message: describeOwed(newest) }];
  if (newest.status === 'applied') return [];
  const why = newest.error === null ? '' : `: ${newest.error}`;
  const again =
    newest.type === 'up' && newest.error === null ? '. Nobody is at work: apply again, with {"command":"up"}' : '';
  const message = `the newest deployment is ${newest.status}, not applied${why}${again}`;
  return [{ code: 'deployment-unfinished', message }];
}

/** Stored scripts that are neither the release's nor those of the deployment that applied them. */
async function untrueScripts(
  database: Database,
  { code, own }: World,
  rows: readonly HistoryRow[],
): Promise<readonly Finding[]> {
  const journals = journalsOf(database);
  const ids = rows.flatMap(({ deployment }) => (deployment === null ? [] : [deployment]));
  const digests = await journals.deployments.digests([...new Set(ids)]);
  const scripts = new VouchedScripts({ ...journals, code, own }, [code.digest, ...digests]);
  const findings: Finding[] = [];
  for (const row of rows) {
    if (await scripts.hasTrueScript(row)) continue;
    const message =
      `the stored script of ${row.name} is not the one of the release that applied it, and is never run: somebody changed the table migration or migration_deployment. ` +
      `A rollback that needs it will be refused; then: ${adviseReverted(row.name)}`;
    findings.push({ code: 'not-vouched', message, migration: row.name });
  }
  return findings;
}

async function driftOf(database: Database, history: History): Promise<readonly Finding[]> {
  const last = comparableRun(history);
  const message = last === null ? null : await describeDriftSince(database, last, await readSchema(database));
  return message === null ? [] : [{ code: 'drift', message: `${message}. ${ADVISE_DRIFT}` }];
}
