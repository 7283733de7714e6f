import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { type Import, importsOf, lineOf, parse, sourcesIn, visit } from './source-imports';

const LAYERS = ['bin', 'lib', 'lambda', 'cli', 'rehearsal', 'certify'];

/** What a room may import. A room is the longest of these paths that a file's path begins with. */
interface Rule {
  /** Files and folders of the repository, beside the room itself. */
  readonly own: readonly string[];
  /** Of these, only types. */
  readonly typesOf?: readonly string[];
  /** Packages and Node modules; absent: all. */
  readonly packages?: readonly string[];
}

/** Rooms that only decide and compute: nothing asynchronous, no clock, no chance, no I/O. */
const PURE = ['lambda/manifest/', 'lambda/sql/', 'lambda/schema/', 'lambda/words/', 'lambda/plan/', 'lambda/adopt/'];
const PORTS = ['lambda/ports.ts', 'lambda/sql-text.ts', 'lambda/refusal.ts', 'lambda/seen-or-none.ts'];
const PERFORMING = ['lambda/look/', 'lambda/session/', 'lambda/journal/', 'lambda/steps/'];
const COMPUTING = ['node:crypto', 'node:zlib', 'node:util'];

// From the bottom to the top. Nothing imports what stands below it, and of Node the rooms get what only computes.
const RULES: Readonly<Record<string, Rule>> = {
  'lambda/manifest/': { own: [], packages: ['node:crypto'] },
  'lambda/sql/': { own: ['lambda/manifest/'], packages: [] },
  'lambda/schema/': { own: ['lambda/sql/'], packages: [] },
  'lambda/words/': { own: [], typesOf: ['lambda/plan/'], packages: [] },
  'lambda/plan/': { own: ['lambda/manifest/', 'lambda/words/'], typesOf: ['lambda/sql/'], packages: [] },
  'lambda/adopt/': { own: ['lambda/manifest/', 'lambda/words/', 'lambda/plan/'], packages: [] },
  'lambda/contract.ts': { own: [], typesOf: ['lambda/plan/'], packages: [] },
  'lambda/ports.ts': { own: [], typesOf: PURE, packages: [] },
  'lambda/sql-text.ts': { own: [], packages: [] },
  'lambda/refusal.ts': { own: ['lambda/ports.ts', 'lambda/words/'], packages: [] },
  'lambda/seen-or-none.ts': { own: ['lambda/ports.ts'], packages: [] },
  'lambda/look/': { own: [...PURE, ...PORTS], packages: COMPUTING },
  'lambda/session/': { own: [...PURE, ...PORTS], packages: COMPUTING },
  'lambda/journal/': { own: [...PURE, ...PORTS, 'lambda/look/', 'lambda/session/lock.ts'], packages: COMPUTING },
  'lambda/steps/': {
    own: [...PURE, ...PORTS, 'lambda/look/', 'lambda/journal/', 'lambda/session/'],
    packages: COMPUTING,
  },
  'lambda/work/': {
    own: [...PURE, ...PORTS, ...PERFORMING],
    typesOf: ['lambda/world.ts'],
    packages: ['umzug', ...COMPUTING],
  },
  'lambda/commands/': {
    own: [...PURE, ...PORTS, ...PERFORMING, 'lambda/work/', 'lambda/contract.ts'],
    typesOf: ['lambda/world.ts'],
    packages: COMPUTING,
  },
  // What an edge reports it makes with the ports; what is done about it is decided elsewhere.
  'lambda/edges/': { own: [...PURE, ...PORTS, 'lambda/session/', 'lambda/contract.ts'] },
  'lambda/world.ts': { own: ['lambda/edges/'], typesOf: [...PURE, 'lambda/ports.ts'], packages: [] },
  'lambda/': { own: ['lambda/'], packages: [] },
  // What reads and reviews migrations knows nothing of the CDK: the command line does it, too.
  'lib/letter-distance.ts': { own: [], packages: [] },
  'lib/script/': { own: ['lambda/sql/'], packages: [] },
  'lib/review/': {
    own: [...PURE, 'lib/letter-distance.ts'],
    typesOf: ['lib/script/'],
    packages: ['node:module', 'node:path', 'dt-sql-parser'],
  },
  'lib/source/': {
    own: [...PURE, 'lib/script/', 'lib/review/', 'lib/letter-distance.ts'],
    packages: ['node:buffer', 'node:fs', 'node:module', 'node:path', 'node:vm', 'esbuild', '<computed>'],
  },
  'lib/validation-error.ts': { own: [] },
  'lib/warn.ts': { own: [] },
  'lib/stack/': { own: ['lib/validation-error.ts', 'lib/warn.ts'] },
  'lib/network/': {
    own: ['lib/validation-error.ts', 'lib/warn.ts', 'lib/stack/'],
    typesOf: ['lib/database/database-target-config.ts', 'lib/function/snapshot-access.ts'],
  },
  'lib/database/': {
    own: [
      ...['lambda/words/server-schemas.ts', 'lib/validation-error.ts', 'lib/warn.ts', 'lib/stack/'],
      'lib/network/network-needs.ts',
    ],
  },
  'lib/function/': {
    own: [
      ...['lambda/contract.ts', ...PURE, 'lib/validation-error.ts', 'lib/warn.ts', 'lib/stack/', 'lib/database/'],
      ...['lib/aurora-migrations-props.ts', 'lib/acknowledged-finding.ts', 'lib/package-root.ts'],
    ],
    typesOf: ['lib/network/', 'lib/source/'],
  },
  'lib/': { own: ['lib/', 'lambda/contract.ts', ...PURE] },
  'cli/': { own: ['lambda/', 'lib/', 'rehearsal/'] },
  'rehearsal/error-facts.ts': { own: [], packages: [] },
  'rehearsal/servers/': { own: ['rehearsal/error-facts.ts'] },
  'rehearsal/template/': { own: ['lambda/contract.ts'] },
  'rehearsal/function/': { own: ['rehearsal/template/'] },
  'rehearsal/endpoints/': { own: ['rehearsal/servers/certificates.ts'] },
  'rehearsal/stack/': {
    own: [
      ...['error-facts.ts', 'servers/', 'template/', 'function/', 'endpoints/'].map((room) => `rehearsal/${room}`),
      ...['lambda/contract.ts', 'lambda/manifest/'],
    ],
  },
  'rehearsal/report/': { own: [], typesOf: ['rehearsal/stack/', 'rehearsal/function/'] },
  'rehearsal/': { own: ['rehearsal/', 'lambda/contract.ts', ...PURE, 'lib/', 'bin/'] },
  'bin/': { own: ['lib/', 'cli/'] },
  // What judges looks at evidence and at nothing else.
  'certify/evidence/evidence.ts': { own: [], typesOf: ['rehearsal/template/'], packages: [] },
  'certify/plays/release.ts': { own: [], packages: [] },
  'certify/target/target.ts': {
    own: [],
    typesOf: ['certify/evidence/', 'certify/plays/release.ts', 'rehearsal/template/'],
    packages: [],
  },
  'certify/judge/': {
    own: ['certify/evidence/evidence.ts', 'lambda/contract.ts', 'rehearsal/template/json.ts'],
    typesOf: ['certify/target/target.ts'],
    packages: [],
  },
  'certify/evidence/': { own: ['certify/evidence/', 'certify/judge/', 'rehearsal/template/json.ts'], packages: [] },
  'certify/plays/': {
    own: ['rehearsal/template/json.ts'],
    typesOf: ['certify/evidence/evidence.ts', 'certify/target/target.ts', 'certify/plays/release.ts'],
    packages: ['node:timers'],
  },
  'certify/target/': { own: [], typesOf: ['certify/plays/release.ts'] },
  'certify/aws/': {
    own: ['certify/evidence/', 'certify/target/', 'cli/expected-failure.ts'],
    typesOf: ['certify/plays/release.ts', 'rehearsal/template/'],
  },
  'certify/rehearsed/': {
    own: ['certify/evidence/', 'certify/target/', 'rehearsal/'],
    typesOf: ['certify/plays/release.ts'],
  },
  'certify/': { own: ['certify/', 'cli/', 'lib/package-root.ts'], typesOf: ['rehearsal/template/'] },
};

/** No folder is a heap. */
const MOST_FILES = 20;

/** Modules that reach outside: of the function's code, only edges/ may have them. */
const OUTSIDE = [
  'mysql2',
  'serverless-mysql',
  'cfn-response',
  'aws4',
  'node:https',
  'node:http',
  'node:net',
  'node:tls',
  'https',
  'http',
  'net',
  'tls',
];

const FILES = LAYERS.flatMap((layer) => sourcesIn(layer));
const SOURCES = new Map(FILES.map((file) => [file, parse(file)]));
const IMPORTS = [...SOURCES].flatMap(([file, source]) => importsOf(file, source));

test('every rule is about something that is there', () => {
  const rooms = Object.keys(RULES);
  const named = [...rooms, ...Object.values(RULES).flatMap(({ own, typesOf = [] }) => [...own, ...typesOf])];
  const isThere = (room: string): boolean => FILES.some((file) => file.startsWith(room));
  expect([...new Set(named)].filter((room) => !isThere(room))).toEqual([]);
});

test('each room imports only what it may, types too', () => {
  expect(IMPORTS.filter((each) => !isAllowed(each)).map(sentence)).toEqual([]);
});

test('of the function, only edges/ reaches outside', () => {
  const imported = IMPORTS.filter(
    ({ from, specifier, typeOnly }) =>
      from.startsWith('lambda/') &&
      !from.startsWith('lambda/edges/') &&
      !typeOnly &&
      OUTSIDE.includes(packageOf(specifier)),
  ).map(sentence);
  const called = identifiers((file) => file.startsWith('lambda/') && !file.startsWith('lambda/edges/'), ['fetch']);
  expect([...imported, ...called]).toEqual([]);
});

test('no file imports itself through others, types too', () => {
  expect(cycles()).toEqual([]);
});

test('what decides is pure: nothing asynchronous, no clock, no chance, no I/O', () => {
  const inPlan = (file: string): boolean => PURE.some((room) => file.startsWith(room));
  const names = [
    'Date',
    'performance',
    'process',
    'globalThis',
    'console',
    'fs',
    'require',
    'Promise',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
  ];
  const found = identifiers(inPlan, names);
  visitAll(inPlan, (node, at) => {
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword)
      found.push(`${at()}: ${node.getText()}`);
    if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') found.push(`${at()}: Math.random`);
    if (ts.isNamedImports(node) && node.elements.some(({ name }) => /^random/.test(name.text)))
      found.push(`${at()}: ${node.getText()}`);
  });
  expect(found).toEqual([]);
});

test('no file is over 300 lines', () => {
  const linesOf = (file: string): number =>
    readFileSync(path.join(__dirname, '..', file), 'utf8').split('\n').length - 1;
  expect([...FILES, ...sourcesIn('test')].filter((file) => linesOf(file) > 300)).toEqual([]);
});

test('no folder is a heap', () => {
  const folders = [...FILES, ...sourcesIn('test')].map((file) => path.posix.dirname(file));
  const counts = [...new Set(folders)].map((folder) => ({
    folder,
    files: folders.filter((each) => each === folder).length,
  }));
  expect(counts.filter(({ files }) => files > MOST_FILES)).toEqual([]);
});

test('no file or folder is a drawer for everything', () => {
  const drawer = /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.[^/]*$)/;
  expect([...FILES, ...sourcesIn('test'), ...sourcesIn('scripts')].filter((file) => drawer.test(file))).toEqual([]);
});

function isAllowed({ from, specifier, file, typeOnly }: Import): boolean {
  const room = roomOf(from);
  const rule = RULES[room];
  if (!rule) return false;
  if (file === undefined) return rule.packages === undefined || rule.packages.includes(packageOf(specifier));
  const isIn = (folders: readonly string[]): boolean => folders.some((folder) => file.startsWith(folder));
  return roomOf(file) === room || isIn(rule.own) || (typeOnly && isIn(rule.typesOf ?? []));
}

function roomOf(file: string): string {
  const rooms = Object.keys(RULES).filter((room) => file.startsWith(room));
  return rooms.sort((a, b) => b.length - a.length)[0] ?? '';
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function sentence({ from, line, specifier, typeOnly }: Import): string {
  return `${from}:${String(line)} imports ${typeOnly ? 'types of ' : ''}${specifier}`;
}

function visitAll(wanted: (file: string) => boolean, visitor: (node: ts.Node, at: () => string) => void): void {
  for (const [file, source] of SOURCES) {
    if (wanted(file)) visit(source, (node) => visitor(node, () => `${file}:${String(lineOf(source, node))}`));
  }
}

/** Uses of global names, not of properties or of type members that are called so. */
function identifiers(wanted: (file: string) => boolean, names: readonly string[]): string[] {
  const found: string[] = [];
  visitAll(wanted, (node, at) => {
    if (!ts.isIdentifier(node) || !names.includes(node.text)) return;
    const { parent } = node;
    const isMember =
      (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
      ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) &&
        parent.name === node);
    if (!isMember) found.push(`${at()}: ${node.text}`);
  });
  return found;
}

/** Circles of imports. Types count: who reads one file must not have to read the other. */
function cycles(): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.add([...trail.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const each of IMPORTS) {
      if (each.from === file && each.file !== undefined) visit(each.file, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of FILES) visit(file, []);
  return [...found];
}
