import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { migrationFolder } from '../lib/migration-folder';
import { PROGRAM } from './run-program';

const DOCUMENT = path.join(__dirname, '../../docs/cli.md');

/** A fenced block, or a command in a comment, which only prepares what comes after it. */
const BLOCK = /^```(\w+)(?: (\S+))?\n([^]*?)^```$|^<!-- \$ (.*) -->$/gm;

/** Runs a document's commands in a folder, in their order, and gives its text with what they really print. */
function played(document: string, folder: string): string {
  const programs = migrationFolder({ npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${PROGRAM}" "$@"\n` });
  fs.chmodSync(path.join(programs, 'npx'), 0o755);
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH ?? ''}` };
  let last = 0;
  const run = (command: string): string => {
    const script = command === 'echo $?' ? `echo ${last}` : `exec 2>&1; ${command}`;
    const { status, stdout } = spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    last = status ?? -1;
    return stdout;
  };
  return document.replace(BLOCK, (block, language?: string, file?: string, text?: string, preparation?: string) => {
    if (preparation !== undefined) run(preparation);
    if (file !== undefined) {
      fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text ?? '');
    }
    if (language !== 'console') return block;
    const commands = [...(text ?? '').matchAll(/^\$ (.*)$/gm)].map(
      ([, command = '']) => `$ ${command}\n${run(command)}`,
    );
    return `\`\`\`console\n${commands.join('')}\`\`\``;
  });
}

test('the problem matcher of docs/cli.md reads what lint prints', () => {
  const document = fs.readFileSync(DOCUMENT, 'utf8');
  const [, written = ''] = /"regexp": (".*")/.exec(document) ?? [];
  const [, ...values] = new RegExp(JSON.parse(written) as string).exec(
    /^db.*down-incomplete warning.*$/m.exec(document)![0],
  )!;

  expect(values).toEqual([
    ...['db/migrations/0002_add_email.sql', '3', '1', 'down-incomplete', 'warning'],
    expect.stringMatching(/^"ALTER TABLE user DROP COLUMN nick": the down does not make /),
  ]);
});

test('docs/cli.md shows what its commands print', () => {
  const document = fs.readFileSync(DOCUMENT, 'utf8');
  const real = played(document, migrationFolder({}));
  if (process.env.WRITE_DOCS === 'true') fs.writeFileSync(DOCUMENT, real);

  expect(real).toBe(document);
});
