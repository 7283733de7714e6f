import { effectsOf } from './effects';

/** Characters. A statement that is not longer stands in the outline as it is. */
const SHORT = 1_000;

/**
 * What the journal keeps of an up that is too large for it: the same statements, of which long ones that only add rows say
 * no more than to which table. That is all that is asked when a half-applied migration is reverted by code that has
 * another text of it. It is never run.
 */
export function outlineOf(up: readonly string[]): readonly string[] {
  return up.map((statement) => (statement.length > SHORT ? (insertOf(statement) ?? statement) : statement));
}

function insertOf(statement: string): string | undefined {
  const [effect, ...others] = effectsOf(statement) ?? [];
  if (effect?.action !== 'data' || others.length > 0) return undefined;
  if (effect.write !== 'insert' && effect.write !== 'replace') return undefined;
  const { schema, name } = effect.object;
  const quoted = [...(schema === undefined ? [] : [schema]), name].map((part) => `\`${part.replaceAll('`', '``')}\``);
  return `${effect.write === 'insert' ? 'INSERT' : 'REPLACE'} INTO ${quoted.join('.')}`;
}
