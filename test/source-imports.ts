import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.dirname(__dirname);

/** In place of a path that is computed: of a file of the user's or of the asset, where a layer may have that at all. */
const COMPUTED = '<computed>';

/** One thing that a file imports. */
export interface Import {
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  /** Path from the root of the repository where it is a file of ours. */
  readonly file?: string;
  readonly typeOnly: boolean;
}

/** Paths of the source files below a folder of the repository, from its root. */
export function sourcesIn(folder: string): string[] {
  const absolute = path.join(ROOT, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true, encoding: 'utf8' })
    .map((entry) => path.posix.join(folder, entry.replaceAll(path.sep, '/')))
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.endsWith('.d.ts'))
    .sort();
}

/** Parses a source file. */
export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, fs.readFileSync(path.join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true);
}

/** Visits all nodes of a source, from the outside in. */
export function visit(source: ts.SourceFile, visitor: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    visitor(node);
    ts.forEachChild(node, walk);
  };
  walk(source);
}

/** Everything that a file imports: `import`, `export … from`, `import()`, `require()` and `import('…')` types. */
export function importsOf(from: string, source: ts.SourceFile): readonly Import[] {
  const found: Import[] = [];
  visit(source, (node) => {
    const read = readImport(node);
    if (!read) return;
    const file = read.specifier.startsWith('.') ? resolve(from, read.specifier) : undefined;
    found.push({ from, line: lineOf(source, node), ...read, file });
  });
  return found;
}

function readImport(node: ts.Node): { specifier: string; typeOnly: boolean } | undefined {
  const text = (name: ts.Node | undefined): string => (name && ts.isStringLiteralLike(name) ? name.text : COMPUTED);
  if (ts.isImportDeclaration(node)) {
    return { specifier: text(node.moduleSpecifier), typeOnly: isTypeOnly(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: text(node.moduleSpecifier), typeOnly: node.isTypeOnly };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { specifier: text(node.moduleReference.expression), typeOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { specifier: text(node.argument.literal), typeOnly: true };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const { expression: callee, arguments: args } = node;
  const loads = callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
  return loads ? { specifier: text(args[0]), typeOnly: false } : undefined;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return (
    !name &&
    namedBindings !== undefined &&
    ts.isNamedImports(namedBindings) &&
    namedBindings.elements.every((each) => each.isTypeOnly)
  );
}

function resolve(from: string, specifier: string): string {
  const base = path.posix.join(path.posix.dirname(from), specifier);
  const stem = base.replace(/\.js$/, '');
  const isFile = (file: string): boolean =>
    fs.statSync(path.join(ROOT, file), { throwIfNoEntry: false })?.isFile() ?? false;
  // That a file exists is the compiler's business.
  return [base, `${stem}/index.ts`].find(isFile) ?? `${stem}.ts`;
}

/** Line of a node, from 1. */
export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}
