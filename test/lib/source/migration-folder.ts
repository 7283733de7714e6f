import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

const folders: string[] = [];

/** Text of a migration that creates a table. */
export const CREATE_USER = '-- migrate:up\nCREATE TABLE user (id INT);\n-- migrate:down\nDROP TABLE user;\n';

/** Makes a folder with the given files; it is removed when the tests of the file have ended. */
export function migrationFolder(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'migrations-'));
  folders.push(folder);
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), content);
  }
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});
