import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

let root: string | undefined;

/**
 * Root of a package whose bundle never changes, so that template tests need no build and always see the same asset
 * hashes. Use with `jest.mock('../../lib/package-root', …)`.
 */
export function fakePackage(): string {
  if (root === undefined) {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'fake-package-'));
    fs.mkdirSync(path.join(root, 'dist', 'function'), { recursive: true });
    fs.writeFileSync(path.join(root, 'dist', 'function', 'index.js'), 'exports.handler = async () => {};\n');
  }
  return root;
}

afterAll(() => {
  if (root !== undefined) fs.rmSync(root, { recursive: true, force: true });
});
