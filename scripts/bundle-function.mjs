/**
 * Bundles the function into `dist/function/index.js`, the same bytes on every machine, and the licences of what is in
 * it into `dist/THIRD-PARTY-LICENSES.txt`, and a bill of materials in CycloneDX's form into `dist/function.cdx.json`: beside the
 * function and not part of what is deployed.
 */
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { build } from 'esbuild';
import { errorNames } from './error-names.cjs';
import { aliasOf } from './function-aliases.cjs';
import { licencesOf } from './licences.mjs';
import { PACKAGES, withoutUncalled } from './uncalled-functions.cjs';

const GZIP_LIMIT = 150 * 1024;
const root = path.dirname(import.meta.dirname);
const outfile = path.join(root, 'dist/function/index.js');

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['lambda/index.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  minify: true,
  // Licences go into their own file; a map would double the asset.
  legalComments: 'none',
  sourcemap: false,
  // Settings of a compiler that this bundle does not need must not change its bytes.
  tsconfigRaw: {},
  metafile: true,
  logLevel: 'warning',
  plugins: [
    cyclonedxEsbuildPlugin({
      outputFile: path.join(root, 'dist/function.cdx.json'),
      outputReproducible: true,
      // It would say where it writes. What it writes is read by a test.
      logLevel: 'silent',
    }),
    {
      name: 'function-aliases',
      setup({ onResolve, onLoad }) {
        onLoad({ filter: /mysql2\/lib\/constants\/errors\.js$/ }, ({ path: file }) => ({ contents: errorNames(file) }));
        // mysql2 tells the server its version, and needs nothing else of it.
        onLoad({ filter: /mysql2\/package\.json$/ }, ({ path: file }) => {
          const { version } = JSON.parse(fs.readFileSync(file, 'utf8'));
          return { contents: JSON.stringify({ version }), loader: 'json' };
        });
        onLoad({ filter: PACKAGES }, ({ path: file }) =>
          file.endsWith('.js') ? { contents: withoutUncalled(file, fs.readFileSync(file, 'utf8')) } : undefined,
        );
        onResolve({ filter: /.*/ }, ({ path: request, importer }) => {
          const to = aliasOf(request, importer);
          return to ? { path: to, external: to.startsWith('node:') } : undefined;
        });
      },
    },
  ],
});

const bundle = fs.readFileSync(outfile);
if (bundle.includes(root)) throw new Error(`${outfile} contains the path ${root}: it is not reproducible`);
const inputs = Object.keys(metafile.inputs);
fs.writeFileSync(
  path.join(root, 'dist/THIRD-PARTY-LICENSES.txt'),
  licencesOf(root, inputs, "The function's bundle contains these packages."),
);

const gzipped = gzipSync(bundle, { level: 9 }).length;
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
console.log(`dist/function/index.js: ${kilobytes(bundle.length)}, gzipped ${kilobytes(gzipped)}`);
if (gzipped > GZIP_LIMIT) {
  throw new Error(`the function's bundle is ${kilobytes(gzipped)} gzipped, more than ${kilobytes(GZIP_LIMIT)}`);
}
