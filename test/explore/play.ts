import { plan } from '../../lambda/plan/plan';
import { second, told } from '../unit/releases';
import type { Alphabet } from './alphabet';
import { intentOf } from './delivery';
import { PaperEngine } from './paper-engine';
import { historyOf, NO_JOURNAL, noteStackStatus } from './paper-journal';
import type { PaperJournal } from './paper-journal';
import type { Delivery } from './world';

/**
 * Plays a trace of an exploration: `M create A`, `C A→B`, `R(B) create`, `UPDATE_COMPLETE`, and `again` for the request
 * before once more. A request after `&` is signed in the same second as the one before. Gives what was planned for each
 * request, and what the schema is in the end.
 */
export function play(
  trace: readonly string[],
  alphabet: Alphabet,
): { readonly plans: readonly string[]; readonly schema: string } {
  let journal: PaperJournal = NO_JOURNAL;
  let at = 0;
  let before: Delivery | null = null;
  const plans: string[] = [];
  for (const line of trace) {
    at += line.startsWith('&') ? 0 : 1;
    if (/^[A-Z_]+$/.test(line)) {
      journal = noteStackStatus(journal, line, second(at));
      continue;
    }
    const delivery: Delivery =
      line === 'again' && before !== null ? before : deliveryOf(line.replace(/^& /, ''), second(at));
    before = delivery;
    const intent = intentOf(delivery, alphabet);
    const code = alphabet.of(delivery.to).manifest;
    const history = historyOf(journal, intent.request.resource);
    const decided = plan(intent, code, history);
    plans.push(told(decided));
    if (decided.kind === 'await-status') throw new Error('nobody waits any more');
    const surroundings = { code, manifest: (digest: string) => alphabet.manifest(digest), isLossless: () => true };
    const engine = new PaperEngine(journal, surroundings);
    for (const written of engine.carryOut(decided, intent, history)) journal = written;
    journal = engine.journal;
  }
  return { plans, schema: journal.schema.map(({ name, isHalf }) => `${Number(name)}${isHalf ? '~' : ''}`).join(' ') };
}

function deliveryOf(line: string, issuedAt: number): Delivery {
  const said = { issuedAt, requestId: `request-${line}`, id: 'ours', isRepeated: false } as const;
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
