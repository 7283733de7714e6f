import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { judgeAll } from '../../certify/judge/judge';
import type { Verdict } from '../../certify/judge/verdict';
import { PLAYS } from '../../certify/plays/plays';
import { RehearsalTarget } from '../../certify/rehearsed/rehearsal-target';
import { runPlays } from '../../certify/run-plays';
import { databaseAt } from '../../rehearsal/servers/database-url';
import { stackServers } from '../servers';

const ROOT = path.dirname(path.dirname(__dirname));

jest.setTimeout(600_000);

let output: string;
beforeAll(() => {
  output = mkdtempSync(path.join(tmpdir(), 'certify-run-'));
});
afterAll(() => rmSync(output, { recursive: true }));

test.each(stackServers())(
  'all assumptions hold in the rehearsal on $name, but those that it cannot have',
  async ({ url, password }) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--require', './scripts/typescript.cjs', 'certify/main.ts', '--rehearsal', '--output', output],
      { cwd: ROOT, env: { PATH: process.env.PATH, REHEARSAL_DATABASE_URL: url }, maxBuffer: 50_000_000 },
    );
    const text = readFileSync(path.join(output, 'certify.json'), 'utf8');
    const { verdicts } = JSON.parse(text) as { readonly verdicts: readonly (Verdict & { readonly id: string })[] };
    expect(verdicts.filter(({ kind }) => kind !== 'held')).toEqual([
      expect.objectContaining({ id: 'express-waits-for-the-answer', kind: 'not-played' }),
      expect.objectContaining({ id: 'runtime-has-rds-authorities', kind: 'not-played' }),
      expect.objectContaining({ id: 'paused-database-wakes-up', kind: 'not-played' }),
    ]);
    expect(stdout).toContain('26 held, 0 differ, 3 not played.');
    const written = text + readFileSync(path.join(output, 'certify.md'), 'utf8');
    for (const secret of [password, 'X-Amz-Signature=', '111122223333']) expect(written).not.toContain(secret);
  },
);

// The programs and the plays are the same; only CloudFormation is another.
test.each(stackServers())('where rollbacks go another way, that is seen on $name', async ({ url }) => {
  const world = { database: await databaseAt(url, 'the URL'), codeRollback: 'after', neededRollback: 'last' } as const;
  const target = await RehearsalTarget.start(world);
  try {
    await target.prepare();
    const plays = PLAYS.filter(({ id }) => ['created', 'updated', 'sibling-fails'].includes(id));
    const seen = await runPlays(plays, target, new AbortController().signal, () => undefined);
    const judged = judgeAll({ ...seen, remains: [] }, target.lacks);
    const differing = judged.filter(({ verdict }) => verdict.kind === 'differs').map(({ assumption }) => assumption.id);
    expect(differing).toEqual(['code-goes-back-first', 'schema-is-reverted-before-application']);
  } finally {
    await target.end();
  }
});
