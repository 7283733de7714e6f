import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { MAKERS, UPS } from '../integration/adopt/made-histories';
import { RECORDED } from '../integration/adopt/recorded-histories';
import { Scene } from '../integration/scene';
import { migrationFolder } from '../lib/migration-folder';
import { stackServers, type TestServer } from '../servers';
import { urlOf } from './adopt-url';
import { PROGRAM } from './run-program';

const DOCUMENT = path.join(__dirname, '../../docs/from-other-tools.md');
const SCHEMA = 'bookshop';

/** A file, commands, a preparation that is not shown, or which tool has made the schema from here on. */
const BLOCK = /^```(\w+)(?: (\S+))?\n([^]*?)^```$|^<!-- \$ (.*) -->$|^<!-- history: (.*) -->$/gm;

/** Each run starts a process, of which others keep the machine busy. */
jest.setTimeout(600_000);

/** Makes the schema anew, as a tool has left it. */
async function makeHistory(server: TestServer, history: string): Promise<void> {
  const scene = await Scene.start(server, SCHEMA);
  try {
    if (history in MAKERS) {
      await MAKERS[history as keyof typeof MAKERS](scene);
      return;
    }
    const statements = history === 'none' ? [] : RECORDED[history as keyof typeof RECORDED];
    for (const statement of [...Object.values(UPS), ...statements]) await scene.sql(statement);
  } finally {
    scene.outside.destroy();
  }
}

/** Runs a document's commands in a folder, in their order, and gives its text with what they really print. */
async function played(document: string, server: TestServer): Promise<string> {
  const folder = migrationFolder({});
  const programs = migrationFolder({ npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n` });
  fs.chmodSync(path.join(programs, 'npx'), 0o755);
  const env = {
    ...process.env,
    ...{ PATH: `${programs}:${process.env.PATH ?? ''}`, DATABASE_URL: urlOf({ server, name: SCHEMA }) },
  };
  let last = 0;
  const run = async (command: string): Promise<string> => {
    const script = command === 'echo $?' ? `echo ${last}` : `exec 2>&1; ${command}`;
    const ran = promisify(execFile)('sh', ['-c', script], { cwd: folder, env }).then(({ stdout }) => ({
      stdout,
      code: 0,
    }));
    const { stdout, code } = await ran.catch(
      (error: unknown) => error as { readonly stdout: string; readonly code: number },
    );
    last = code;
    return stdout;
  };
  let text = '';
  let from = 0;
  for (const found of document.matchAll(BLOCK)) {
    const [block, language, file, content = '', preparation, history] = found;
    if (preparation !== undefined) await run(preparation);
    if (history !== undefined) await makeHistory(server, history);
    if (file !== undefined) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), content);
    }
    let shown = block;
    if (language === 'console') {
      shown = '```console\n';
      for (const [, command = ''] of content.matchAll(/^\$ (.*)$/gm)) shown += `$ ${command}\n${await run(command)}`;
      shown += '```';
    }
    text += document.slice(from, found.index) + shown;
    from = found.index + block.length;
  }
  return text + document.slice(from);
}

test.each(stackServers())('docs/from-other-tools.md shows what its commands print on $name', async (server) => {
  const document = fs.readFileSync(DOCUMENT, 'utf8');
  const real = await played(document, server);
  const scene = await Scene.start(server, SCHEMA);
  await scene.end();
  if (process.env.WRITE_DOCS === 'true') fs.writeFileSync(DOCUMENT, real);

  expect(real).toBe(document);
});
