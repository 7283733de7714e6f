import type { SchemaObject } from '../../lambda/schema/inventory';
import { isMark, tokensOf } from '../../lambda/sql/tokens';

/** Puts views behind those that they are made of; else they stay in their order. */
export function inViewOrder(views: readonly SchemaObject[]): readonly SchemaObject[] {
  const byName = new Map(views.map((view) => [view.name, view]));
  const done = new Set<SchemaObject>();
  const visit = (view: SchemaObject, above: readonly SchemaObject[]): void => {
    // The server makes no circle of views; a column of that name may look like one.
    if (done.has(view) || above.includes(view)) return;
    for (const name of sourcesOf(view)) {
      const source = byName.get(name);
      if (source !== undefined && source !== view) visit(source, [...above, view]);
    }
    done.add(view);
  };
  for (const view of views) visit(view, []);
  return [...done];
}

/** Names that stand where a table or a view does, as the server prints a view: neither columns, nor what is behind AS. */
function sourcesOf({ definition }: SchemaObject): readonly string[] {
  const tokens = [...tokensOf(definition)];
  return tokens.flatMap((token, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    const isColumn = isMark(before, '.') || isMark(after, '.') || before?.text.toUpperCase() === 'AS';
    return token.kind === 'name' && !isColumn ? [token.text] : [];
  });
}
