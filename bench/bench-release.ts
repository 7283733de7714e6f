import { randomUUID } from 'node:crypto';
import { answerRequest } from '../lambda/events/answer-request';
import type { Database, Log } from '../lambda/ports';
import { checksumOf, sha256 } from '../lambda/manifest/checksum';
import type { Intent } from '../lambda/plan/intent';
import { manifestOf } from '../lambda/manifest/manifest';
import type { Manifest, ManifestEntry, MigrationName } from '../lambda/manifest/types';

/** What migrations of one statement do; the table `target` is there. */
export const STATEMENTS = {
  'CREATE TABLE': (index: number) => `CREATE TABLE t${index} (id INT PRIMARY KEY, name VARCHAR(50))`,
  INSERT: (index: number) => `INSERT INTO target VALUES (${index}, 'row')`,
} as const;

/** A release of migrations of one statement each. */
export interface BenchRelease {
  readonly manifest: Manifest;
  readonly scripts: ReadonlyMap<string, string>;
}

export function releaseOf(migrations: number, statement: (index: number) => string): BenchRelease {
  const scripts = new Map<string, string>();
  const entries = Array.from({ length: migrations }, (_, index): ManifestEntry => {
    const up = statement(index);
    const text = JSON.stringify({ v: 1, up: [up], down: [`DROP TABLE t${index}`] });
    scripts.set(nameOf(index), text);
    const name = nameOf(index) as MigrationName;
    return { name, file: `${name}.sql`, checksum: checksumOf(up), sha256: sha256(text), steps: 1, irreversible: false };
  });
  return { manifest: manifestOf(entries), scripts };
}

/** Carries out a Create of a release, as the function does once it is connected. Throws where it does not succeed. */
export async function migrate(database: Database, { manifest, scripts }: BenchRelease, nonce = ''): Promise<void> {
  const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const answer = await answerRequest(intentFor(manifest, nonce), {
    connect: () => Promise.resolve({ kind: 'connected', session: { database, close: () => undefined } }),
    code: manifest,
    own: {
      text: (name) => scripts.get(name) ?? '',
      largeUp: () => [],
      module: () => ({ up: () => Promise.resolve() }),
    },
    rootStackId: STACK,
    attempt: { isFirst: true, isLast: false, isLastThoughLong: false },
    log: silent,
    clock: { now: () => Date.now(), remaining: () => 900_000, sleep: () => Promise.resolve() },
  });
  if (answer.kind !== 'answer' || answer.status !== 'SUCCESS') throw new Error(JSON.stringify(answer));
}

/**
 * Sends the same statements with one INSERT into a history table each, as the server's own client does. `looks`: and before
 * each of them a look at the table that it makes, which is not there yet.
 */
export async function sendPlainly(
  database: Database,
  migrations: number,
  statement: (index: number) => string,
  looks = false,
): Promise<void> {
  await database.write(HISTORY);
  for (let index = 0; index < migrations; index += 1) {
    if (looks) await database.query(`SHOW CREATE TABLE t${index}`).catch(() => undefined);
    await database.write(statement(index));
    await database.write(historyRow(index));
  }
}

/** A table of what was applied, as simple as it can be. */
export const HISTORY = 'CREATE TABLE history (name VARCHAR(255) PRIMARY KEY, at DATETIME)';

export function historyRow(index: number): string {
  return `INSERT INTO history VALUES ('${nameOf(index)}', NOW())`;
}

const STACK = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/bench/1';

function intentFor(manifest: Manifest, nonce: string): Intent {
  return {
    kind: 'create',
    request: { resource: { stackId: STACK, logicalId: 'Bench' }, requestId: randomUUID(), issuedAt: Date.now() },
    release: {
      digest: manifest.digest,
      version: '',
      database: 'bench',
      onDelete: 'RETAIN',
      onRemoved: 'FAIL',
      outOfOrder: 'ALLOW',
      hash: sha256(manifest.digest + nonce),
    },
  };
}

export function nameOf(index: number): string {
  return `${String(index + 1).padStart(5, '0')}_migration`;
}
