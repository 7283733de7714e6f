import * as fs from 'node:fs';
import * as path from 'node:path';
import { packageRoot } from '../../lib/package-root';
import { migrationFolder } from './source/migration-folder';

const ROOT = path.join(__dirname, '../..');

test('the root is found from the sources and from what is compiled', () => {
  expect(packageRoot()).toBe(ROOT);
  expect(packageRoot(path.join(ROOT, 'dist', 'lib'))).toBe(ROOT);
});

test('a package.json of another package is passed over', () => {
  const folder = migrationFolder({
    'package.json': '{ "name": "cdk-aurora-migrations" }',
    'dist/package.json': '{ "type": "commonjs" }',
    'dist/lib/index.js': '',
  });

  expect(fs.realpathSync(packageRoot(path.join(folder, 'dist', 'lib')))).toBe(fs.realpathSync(folder));
});

test('outside of the package there is none, which is said', () => {
  expect(() => packageRoot('/')).toThrow('no package.json of cdk-aurora-migrations above');
  // So it is in an app that a bundler has made one file of.
  expect(() => packageRoot('/')).toThrow('esbuild: --external:cdk-aurora-migrations');
});
