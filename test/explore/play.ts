import { PaperDatabase } from '../paper/paper-database';
import { intentOf } from '../paper/requests';
import type { Delivery } from '../paper/stack';
import { OURS, second, told } from '../paper/releases';
import type { Alphabet } from './alphabet';

/**
 * Plays a trace of an exploration: `M create A`, `C A→B`, `R(B) create`, `UPDATE_COMPLETE`, and `again` for the request
 * before once more. A request after `&` is signed in the same second as the one before. Gives what was planned for each
 * request, and what the schema is in the end.
 */
export function play(
  trace: readonly string[],
  alphabet: Alphabet,
): { readonly plans: readonly string[]; readonly schema: string } {
  const database = new PaperDatabase({
    vouches: (digests, row) => alphabet.vouches(digests, row),
    isLossless: () => true,
  });
  let at = 0;
  let before: Delivery | null = null;
  const plans: string[] = [];
  for (const line of trace) {
    at += line.startsWith('&') ? 0 : 1;
    if (/^[A-Z_]+$/.test(line)) {
      database.note(line, second(at));
      continue;
    }
    const delivery: Delivery =
      line === 'again' && before !== null ? before : deliveryOf(line.replace(/^& /, ''), second(at));
    before = delivery;
    plans.push(told(database.handle(intentOf(delivery, alphabet), alphabet.of(delivery.to).manifest).plan));
  }
  const schema = database.journal.schema.map(({ name, isHalf }) => `${Number(name)}${isHalf ? '~' : ''}`);
  return { plans, schema: schema.toSorted().join(' ') };
}

function deliveryOf(line: string, issuedAt: number): Delivery {
  const said = {
    ...OURS,
    issuedAt,
    requestId: `request-${line}`,
    id: 'ours',
    isRepeated: false,
  } as const;
  const [, of, what] = /^R\((.+)\) (create|delete)$/.exec(line) ?? [];
  if (of !== undefined)
    return { ...said, kind: what === 'create' ? 'release-begins' : 'release-ends', part: 'first', to: of, from: of };
  const [, resource, kind = 'update', from = '', to = from] =
    /^([MC]) (?:(create|delete) )?([^→]+)(?:→(.+))?$/.exec(line) ?? [];
  if (resource === undefined) throw new Error(`not a line of a trace: ${line}`);
  return {
    ...said,
    kind: kind as 'create' | 'update' | 'delete',
    part: resource === 'M' ? 'first' : 'second',
    to,
    from,
  };
}
