import * as fs from 'node:fs';
import * as path from 'node:path';

/** Name of this package, by which its root is known. */
const PACKAGE = 'cdk-aurora-migrations';

/**
 * Finds the folder of this package's `package.json`, walking up from this file: the way is another one from `lib/` (in
 * tests) than from `dist/lib/` (compiled).
 */
export function packageRoot(from: string = __dirname): string {
  const file = path.join(from, 'package.json');
  if (fs.existsSync(file) && nameIn(file) === PACKAGE) {
    return from;
  }
  const parent = path.dirname(from);
  if (parent === from) {
    throw new Error(
      `no package.json of ${PACKAGE} above ${__dirname}: install the package whole, with npm, and where the app is bundled into one file leave it out of that (esbuild: --external:${PACKAGE})`,
    );
  }
  return packageRoot(parent);
}

function nameIn(file: string): string | undefined {
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly name?: string }).name;
}
