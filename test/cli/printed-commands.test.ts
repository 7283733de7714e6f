import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { adviseFor, asCommandLine } from '../../cli/advice';
import { codedFailure } from '../../cli/coded-failure';
import { readCommand } from '../../lambda/plan/command';
import { runProgram } from './run-program';

const ROOT = path.join(__dirname, '../..');

/** All texts that somebody may read: what stands in quotes or backticks, with ${…} in the place of values. */
function texts(folder: string): readonly { readonly file: string; readonly text: string }[] {
  const files = fs.readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((name) => {
      const file = path.join(folder, name);
      const source = ts.createSourceFile(file, fs.readFileSync(path.join(ROOT, file), 'utf8'), ts.ScriptTarget.ES2022);
      const found: { readonly file: string; readonly text: string }[] = [];
      const visit = (node: ts.Node): void => {
        if (ts.isStringLiteral(node) || ts.isTemplateLiteral(node)) {
          found.push({ file, text: node.getText(source).slice(1, -1) });
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return found;
    });
}

const TEXTS = ['cli', 'lib', 'lambda', 'rehearsal'].flatMap(texts);
const COMMANDS = [...runProgram(ROOT, ['--help']).stdout.matchAll(/^ {2}([a-z]+) [^]*?$/gm)].map(
  ([, name = '']) => name,
);

test('the commands of the program, and texts, are found', () => {
  expect(COMMANDS).toEqual(expect.arrayContaining(['lint', 'prove', 'status', 'down', 'baseline', 'dump']));
  expect(TEXTS.length).toBeGreaterThan(1000);
});

test('a command that is printed begins with npx, as it is to be typed', () => {
  const command = new RegExp(`(?<!npx )(?<![\\w-])aurora-migrations (?:${COMMANDS.join('|')}|--?\\w)`);

  expect(TEXTS.filter(({ text }) => command.test(text) && !text.startsWith('<!--'))).toEqual([]);
});

test('no text sends people to a command by its bare name', () => {
  const bare = new RegExp(`\\b(?:[Ss]ee|[Bb]y|[Ww]ith|[Rr]un|[Uu]se|[Ss]ay) \\\\?["“](?:${COMMANDS.join('|')})\\b`);
  const saying = new RegExp(`["“](?:${COMMANDS.join('|')})["”] (?:says?|shows?|tells?)\\b`);

  expect(TEXTS.filter(({ text }) => bare.test(text) || saying.test(text))).toEqual([]);
});

test('a run that ends with a failure of the function names commands, and no events', () => {
  adviseFor(['--url', 'mysql://root@127.0.0.1/shop'], 'url');
  const { code, message } = codedFailure(
    'the connection was lost; what was done is in the journal, and {"command":"status"} shows it [connection-lost]',
    'the server',
  ) ?? { code: '', message: '' };
  expect([code, message]).toEqual([
    'connection-lost',
    'the server: the connection was lost; what was done is in the journal, and ' +
      '"npx aurora-migrations status --url mysql://root@127.0.0.1/shop" shows it',
  ]);
});

test('on a server, which has no stack, nobody is told to deploy or to continue a rollback', () => {
  const files = ['work/revert', 'work/reapply', 'words/explain', 'journal/vouched-scripts', 'plan/check-history'];
  const ofStack = /aws cloudformation|--no-rollback|deploy again|file back and deploy/;
  const said = files.map((name) => {
    const texts = TEXTS.filter(({ file }) => file === `lambda/${name}.ts`);
    return texts.map(({ text }) => text.trim()).join(' ');
  });
  adviseFor([]);
  expect(said.map(asCommandLine).filter((text) => ofStack.test(text))).toHaveLength(files.length);
  adviseFor([], 'url');
  expect(said.map(asCommandLine).filter((text) => ofStack.test(text))).toEqual([]);
});

test('each event that the function tells people to send is one, and is printed as a command of the program', () => {
  const events = TEXTS.filter(({ file }) => file.startsWith('lambda') && !file.endsWith('plan/command.ts')).flatMap(
    ({ file, text }) => [...text.matchAll(/\{"command":"[^}]*\}/g)].map(([event]) => ({ file, event })),
  );
  adviseFor(['--stack Shop']);

  expect(events.length).toBeGreaterThan(2);
  for (const { event } of events) {
    const fields = JSON.parse(event) as Readonly<Record<string, unknown>>;
    // Without a migration, the program asks; the function has to be told more.
    if (Object.keys(fields).length > 1 || fields['command'] !== 'repair') {
      expect([event, readCommand(fields)]).not.toEqual([event, expect.objectContaining({ kind: 'unreadable' })]);
    }
    const printed = asCommandLine(`do it with ${event}`);
    expect(printed).toMatch(/^do it by "npx aurora-migrations [a-z]+(?: --to NAME)? --stack Shop"$/);
  }
});
