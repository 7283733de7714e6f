import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pc from 'picocolors';
import { certify, isWhole, verdictLines } from '../../certify/certify';
import type { CertifyTarget } from '../../certify/target/target';
import type { Terminal } from '../../cli/terminal/terminal';

const ACCOUNT = '123456789012';
let output: string;
beforeEach(() => {
  output = path.join(mkdtempSync(path.join(tmpdir(), 'certify-test-')), 'evidence');
});
afterEach(() => rmSync(path.dirname(output), { recursive: true }));

const notes: string[] = [];
const terminal: Terminal = {
  isInteractive: false,
  width: 80,
  colors: pc.createColors(false),
  print: () => undefined,
  note: (text) => notes.push(text),
};
beforeEach(() => notes.splice(0));

/** A target on which every command ends in the status that was told. */
function target(overrides: Partial<CertifyTarget> = {}): CertifyTarget & { readonly ends: () => number } {
  let ends = 0;
  const operation = (command: string) => (): Promise<{ command: string; status: string }> =>
    Promise.resolve({ command, status: 'UPDATE_ROLLBACK_FAILED' });
  return {
    name: 'aws',
    region: 'eu-west-1',
    pace: { slowBytes: 1, gateSeconds: 1, deathSeconds: 1, lookEverySeconds: 0.001 },
    lacks: new Map(),
    versions: { cdk: '2' },
    prepare: () => Promise.resolve(),
    deploy: operation(`cdk deploy arn:aws:iam::${ACCOUNT}:role/ada`),
    cancelUpdate: () => Promise.resolve(),
    rollBack: operation('cdk rollback'),
    destroy: operation('cdk destroy'),
    events: () => Promise.resolve([]),
    seen: () => Promise.resolve([]),
    settle: () => Promise.resolve(),
    query: () => Promise.resolve([]),
    deliver: () => Promise.resolve(),
    invoke: () => Promise.resolve({ failed: false, payload: null }),
    rotateSecret: () => Promise.resolve(),
    isRotated: () => Promise.resolve(true),
    awaitPause: () => Promise.resolve(false),
    ...overrides,
    end: () => {
      ends += 1;
      return overrides.end?.() ?? Promise.resolve([]);
    },
    ends: () => ends,
  };
}

const never = new AbortController().signal;

test('removes what was made where something goes wrong', async () => {
  const broken = target({ prepare: () => Promise.reject(new Error('no bootstrap')) });
  await expect(certify(broken, output, terminal, never)).rejects.toThrow('no bootstrap');
  expect(broken.ends()).toBe(1);
});

test('removes what was made where it is stopped in a play, and certifies nothing', async () => {
  const stop = new AbortController();
  const stopped = target({
    deploy: () => {
      stop.abort(new Error('stopped'));
      return Promise.resolve({ command: 'cdk deploy', status: 'ROLLBACK_COMPLETE' });
    },
  });
  await expect(certify(stopped, output, terminal, stop.signal)).rejects.toThrow('stopped');
  expect(stopped.ends()).toBe(1);
  expect(existsSync(output)).toBe(false);
});

test('says what could not be removed', async () => {
  const left = target({ end: () => Promise.resolve(['the stack Certify in DELETE_FAILED']) });
  const certificate = await certify(left, output, terminal, never);
  expect(notes).toContain('STILL THERE, and it may cost money: the stack Certify in DELETE_FAILED');
  expect(isWhole(certificate, left)).toBe(false);
  expect(readFileSync(path.join(output, 'certify.md'), 'utf8')).toContain('the stack Certify in DELETE_FAILED');

  const lost = target({ end: () => Promise.reject(new Error('expired token')) });
  await certify(lost, output, terminal, never);
  expect(notes.at(-1)).toContain('could not be removed: Error: expired token');
});

test('a play that goes another way keeps the next ones from a stack that is not fit for them', async () => {
  const certificate = await certify(target(), output, terminal, never);
  const { scenes } = certificate.evidence;
  expect(scenes.slice(0, 2).map(({ notPlayed }) => notPlayed)).toEqual([
    'the stack ended in UPDATE_ROLLBACK_FAILED, not in ROLLBACK_COMPLETE',
    'the stack was in UPDATE_ROLLBACK_FAILED when its turn came',
  ]);
  expect(certificate.judged.every(({ verdict }) => verdict.kind === 'not-played')).toBe(true);
  expect(isWhole(certificate, target())).toBe(false);
  expect(verdictLines(certificate, terminal)).toContain('0 held, 0 differ, 29 not played.');
});

test('cuts accounts and names out of both files, with the same names in both', async () => {
  await certify(target(), output, terminal, never, [['account', ACCOUNT]]);
  const files = ['certify.json', 'certify.md'].map((name) => readFileSync(path.join(output, name), 'utf8'));
  for (const text of files) {
    expect(text).not.toContain(ACCOUNT);
    expect(text).not.toContain('role/ada');
    expect(text).toContain('cdk deploy [arn 1]');
  }
});
