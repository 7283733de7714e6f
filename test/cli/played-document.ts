import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { migrationFolder } from '../lib/source/migration-folder';
import { PROGRAM } from './run-program';

/** How a document is played. */
export interface Playing {
  /** Variables of its commands. */
  readonly environment?: NodeJS.ProcessEnv;
  /** What a comment such as `<!-- history: knex -->` does, by its word; `$` runs a command without showing it. */
  readonly preparations?: Readonly<Record<string, (text: string) => Promise<void>>>;
  /** Makes what differs from run to run the same. */
  readonly alike?: (printed: string) => string;
}

/** A file, commands, or a comment that only prepares what comes after it. */
const BLOCK = /^```(\w+)(?: (\S+))?\n([^]*?)^```$|^<!-- (\$|\w+:) (.*) -->$/gm;

/**
 * Runs the commands of a document in a folder of their own, in their order, and expects that it shows what they print. With
 * `WRITE_DOCS=true` it is written so.
 */
export async function expectPlayed(name: string, playing: Playing = {}): Promise<void> {
  const file = path.join(__dirname, '../../docs', name);
  const document = fs.readFileSync(file, 'utf8');
  const real = await played(document, playing);
  if (process.env.WRITE_DOCS === 'true') fs.writeFileSync(file, real);

  expect(real).toBe(document);
}

async function played(
  document: string,
  { environment, preparations = {}, alike = (text) => text }: Playing,
): Promise<string> {
  const folder = migrationFolder({});
  const programs = migrationFolder({ npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n` });
  fs.chmodSync(path.join(programs, 'npx'), 0o755);
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH ?? ''}`, ...environment };
  let last = 0;
  const run = async (command: string): Promise<string> => {
    const script = command === 'echo $?' ? `echo ${last}` : `exec 2>&1; ${command}`;
    const { stdout, code } = await promisify(execFile)('sh', ['-c', script], { cwd: folder, env }).then(
      (ended) => ({ stdout: ended.stdout, code: 0 }),
      (error: unknown) => error as { readonly stdout: string; readonly code: number },
    );
    last = code;
    return alike(stdout);
  };
  let text = '';
  let from = 0;
  for (const found of document.matchAll(BLOCK)) {
    const [block, language, file, content = '', preparation, what = ''] = found;
    if (preparation === '$') await run(what);
    else if (preparation !== undefined) await preparations[preparation.slice(0, -1)]?.(what);
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
