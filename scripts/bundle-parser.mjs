/**
 * Replaces the compiled file that parses SQL by a bundle of it and the parser, and writes the licences of what is in it
 * into `dist/lib/review/THIRD-PARTY-LICENSES.txt`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { licencesOf } from './licences.mjs';
import { PARSING_FILE, parserBundle } from './parser-bundle.cjs';

const root = path.dirname(import.meta.dirname);
const outfile = path.join(root, 'dist', `${PARSING_FILE}.js`);

const { metafile } = await build({ ...parserBundle(`${PARSING_FILE}.ts`), outfile, metafile: true });
if (fs.readFileSync(outfile).includes(root))
  throw new Error(`${outfile} contains the path ${root}: it is not reproducible`);
fs.writeFileSync(
  path.join(path.dirname(outfile), 'THIRD-PARTY-LICENSES.txt'),
  licencesOf(root, Object.keys(metafile.inputs), `${path.basename(outfile)} contains these packages.`),
);
