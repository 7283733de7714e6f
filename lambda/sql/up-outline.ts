import { effectsOf } from './effects';

/**
 * What the journal keeps of an up that is too large for it: the same statements, of which long ones that only add rows say
 * no more than to which table. That is all that is asked when a half-applied migration is reverted by code that has
 * another text of it. It is never run.
 *
 * @param short - characters: a statement that is not longer stands there as it is
 */
export function outlineOf(up: readonly string[], short = 1_000): readonly string[] {
  return up.map((statement) => (statement.length > short ? (insertOf(statement) ?? statement) : statement));
}

function insertOf(statement: string): string | undefined {
  const [effect, ...others] = effectsOf(statement) ?? [];
  if (effect?.action !== 'data' || others.length > 0) return undefined;
  if (effect.write !== 'insert' && effect.write !== 'replace') return undefined;
  const { schema, name } = effect.object;
  const quoted = [...(schema === undefined ? [] : [schema]), name].map((part) => `\`${part.replaceAll('`', '``')}\``);
  return `${effect.write === 'insert' ? 'INSERT' : 'REPLACE'} INTO ${quoted.join('.')}`;
}
