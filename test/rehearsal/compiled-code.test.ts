import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LambdaFunction } from '../../rehearsal/function/function';
import type { InvocationOutcome } from '../../rehearsal/function/function-types';
import { nodes } from '../servers';

const root = mkdtempSync(path.join(tmpdir(), 'compiled-code-'));
afterAll(() => rmSync(root, { recursive: true }));

const running: LambdaFunction[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** As long as a bundle. */
const SOURCE = `exports.handler = async () => ({ place: /[^(]+index.js:\\d+:\\d+/.exec(new Error().stack)[0],
  file: __filename,
  required: require('./own.cjs'),
  imported: (await import('./own.mjs')).default,
});
${'// The libraries of a bundle.\n'.repeat(4_000)}`;

/** A release's code: the same source beside files of its own. */
function codeOf(release: string): string {
  const folder = path.join(root, release);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'index.js'), SOURCE);
  writeFileSync(path.join(folder, 'own.cjs'), `module.exports = '${release} required';`);
  writeFileSync(path.join(folder, 'own.mjs'), `export default '${release} imported';`);
  return folder;
}

/** What a release returns in a process of its own. */
async function run(release: string, nodePath: string, compiledFolder: string): Promise<InvocationOutcome> {
  const configuration = {
    name: 'fixture',
    arn: `arn:aws:lambda:eu-central-1:111122223333:function:${release}`,
    codeFolder: codeOf(release),
    handler: 'index.handler',
    variables: {},
    timeoutMs: 30_000,
    memoryMb: 256,
  };
  const fn = new LambdaFunction(configuration, {
    nodePath,
    region: 'eu-central-1',
    variables: {},
    retryDelaysMs: [],
    onInvocation: () => undefined,
    compiledFolder,
  });
  running.push(fn);
  const { outcome } = await fn.invoke({});
  // It keeps what it compiled after it has answered, and before it reads the next event.
  await fn.invoke({});
  return outcome;
}

function returnedBy(release: string): InvocationOutcome {
  const file = path.join(root, release, 'index.js');
  const payload = {
    file,
    required: `${release} required`,
    imported: `${release} imported`,
    place: `${file}:1:70`,
  };
  return { kind: 'returned', payload };
}

describe.each(nodes())('on $name', ({ name, path: nodePath }) => {
  const compiledFolder = path.join(root, `compiled ${name}`);
  beforeAll(() => mkdirSync(compiledFolder));

  /** The one file in it. Another one was made anew. */
  function kept(): { readonly file: string; readonly inode: number } {
    const names = readdirSync(compiledFolder);
    expect(names).toHaveLength(1);
    const file = path.join(compiledFolder, names[0]!);
    return { file, inode: statSync(file).ino };
  }

  test('code that another process has compiled is not compiled anew, and still is its own release', async () => {
    expect(await run('first', nodePath, compiledFolder)).toEqual(returnedBy('first'));
    const before = kept();
    expect(await run('second', nodePath, compiledFolder)).toEqual(returnedBy('second'));
    expect(kept()).toEqual(before);
  });

  test('what V8 refuses is compiled as ever, and kept', async () => {
    const { file, inode } = kept();
    writeFileSync(file, 'not what V8 has made');
    expect(await run('third', nodePath, compiledFolder)).toEqual(returnedBy('third'));
    expect(kept().inode).not.toBe(inode);
  });
});
