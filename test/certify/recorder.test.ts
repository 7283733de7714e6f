import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SeenLine } from '../../certify/evidence/evidence';
import { readSeenLines } from '../../certify/evidence/recorder-lines';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'recorder-'));
  cpSync(path.join(__dirname, '../../examples/certify/recorder.js'), path.join(folder, 'recorder.js'));
  writeFileSync(path.join(folder, 'manifest.json'), '{"digest":"v1:abc"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the recorder writes where the function behind it is this one. */
function recorded(handler: string, event: unknown): { readonly output: string; readonly lines: readonly SeenLine[] } {
  writeFileSync(path.join(folder, 'index.js'), `exports.handler = ${handler}; exports.onFailure = ${handler};`);
  const call = `require('./recorder.js').handler(${JSON.stringify(event)}, { awsRequestId: 'i1' }).then((result) => console.log('RESULT', result), (error) => console.log('THROWN', error.message))`;
  const output = execFileSync(process.execPath, ['-e', call], { cwd: folder, encoding: 'utf8', env: {} });
  return { output, lines: readSeenLines(output) };
}

const URL =
  'https://bucket.s3.amazonaws.com/path?X-Amz-Date=20261128T100000Z&X-Amz-Expires=7200&X-Amz-Signature=0badcafe';

test('nor of the URL in the record of a request that failed in all attempts', () => {
  const record = { requestPayload: { RequestType: 'Create', ResponseURL: URL }, responsePayload: null };
  const { output } = recorded('async () => "done"', record);

  expect(output).not.toContain('0badcafe');
  expect(output).toContain('bucket.s3.amazonaws.com');
});

test('writes down the request, but nothing of its URL that lets one answer', () => {
  const { output, lines } = recorded('async () => "done"', { RequestType: 'Create', ResponseURL: URL });
  expect(output).not.toContain('0badcafe');
  expect(output).toContain('RESULT done');
  expect(lines).toEqual([
    expect.objectContaining({
      ...{ kind: 'event', invocation: 'i1', handler: 'handler', code: 'v1:abc', ca: { file: null } },
      event: {
        RequestType: 'Create',
        ResponseURL: { host: 'bucket.s3.amazonaws.com', signedAt: '20261128T100000Z', expires: '7200' },
      },
    }),
    expect.objectContaining({ kind: 'end', invocation: 'i1' }),
  ]);
});

test('an error of the function stays one', () => {
  const { output, lines } = recorded('async () => { throw new Error("no route"); }', {});
  expect(output).toContain('THROWN no route');
  expect(lines.at(-1)).toMatchObject({ kind: 'end', error: 'no route' });
});

test('a death leaves the request and no end', () => {
  writeFileSync(path.join(folder, 'index.js'), "exports.handler = async () => process.kill(process.pid, 'SIGKILL');");
  const call = "require('./recorder.js').handler({ RequestType: 'Update' }, { awsRequestId: 'i1' })";
  let output = '';
  try {
    execFileSync(process.execPath, ['-e', call], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    output = (error as { readonly stdout: string }).stdout;
  }
  expect(readSeenLines(output).map(({ kind }) => kind)).toEqual(['event']);
});
