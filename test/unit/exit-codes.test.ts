import ts from 'typescript';
import { parse, sourcesIn, visit } from '../source-imports';

/** What a call says of the exit code, by its name in EXIT_CODE; undefined where it says nothing. */
function saidBy(args: readonly ts.Expression[]): string | undefined {
  return args.flatMap((arg) => /^EXIT_CODE\.(\w+)$/.exec(arg.getText())?.[1] ?? [])[0];
}

function isMade(node: ts.Node): node is ts.NewExpression {
  return ts.isNewExpression(node) && node.expression.getText() === 'ExpectedFailure';
}

/** Functions of a file that make a failure of the code that they are given, with the exit code that they give it. */
function makersIn(source: ts.SourceFile): ReadonlyMap<string, string> {
  const makers = new Map<string, string>();
  visit(source, (node) => {
    const [code] = isMade(node) ? (node.arguments ?? []) : [];
    if (code?.getText() !== 'code' || !isMade(node)) return;
    let around: ts.Node = node;
    while (!ts.isFunctionDeclaration(around) && !ts.isSourceFile(around)) around = around.parent;
    if (!ts.isFunctionDeclaration(around) || around.name === undefined) return;
    if (around.parameters.some((each) => each.name.getText() === 'code')) {
      makers.set(around.name.text, saidBy(node.arguments ?? []) ?? 'failed');
    }
  });
  return makers;
}

function textsIn(node: ts.Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if (ts.isConditionalExpression(node)) return [...textsIn(node.whenTrue), ...textsIn(node.whenFalse)];
  return ts.isStringLiteral(node) ? [node.text] : [];
}

test('what cannot be done has one exit code by its code, wherever that is said', () => {
  const sources = sourcesIn('cli').map(parse);
  const shared = new Map(
    sources.flatMap((source) => [...makersIn(source)]).filter(([name]) => name === 'nothingPlayed'),
  );
  const exits = new Map<string, Set<string>>();
  for (const source of sources) {
    const makers = new Map([...shared, ...makersIn(source)]);
    visit(source, (node) => {
      if (!isMade(node) && !ts.isCallExpression(node)) return;
      const otherwise = isMade(node) ? 'failed' : makers.get(node.expression.getText());
      if (otherwise === undefined) return;
      const [code, ...more] = node.arguments ?? [];
      for (const text of textsIn(code)) {
        exits.set(text, (exits.get(text) ?? new Set()).add(saidBy(more) ?? otherwise));
      }
    });
  }

  expect(exits.size).toBeGreaterThan(50);
  expect(exits.get('numbers-used-up')).toEqual(new Set(['found']));
  expect([...exits].flatMap(([code, all]) => (all.size > 1 ? `${code}: ${[...all].join(', ')}` : []))).toEqual([]);
});
