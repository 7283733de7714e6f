import type { OnRemovedValue, Release } from '../../lambda/plan/intent';
import type { Letter, Name } from './letter';
import { letterOf } from './letter';
import type { Operation } from './operation';

/** What the name of a release says: `10 11c|1|FAIL`. */
interface Said {
  readonly tokens: readonly string[];
  readonly option: number;
  readonly onRemoved: OnRemovedValue;
}

export function nameOf({ tokens, option, onRemoved }: Said): Name {
  return `${tokens.join(' ')}|${option}|${onRemoved}`;
}

function said(name: Name): Said {
  const [tokens = '', option, onRemoved] = name.split('|');
  return { tokens: tokens.split(' '), option: Number(option), onRemoved: onRemoved as OnRemovedValue };
}

/** A release of a construct that has no resources of releases. */
export function letterNamed(name: Name, options: Partial<Release>): Letter {
  const { tokens, option, onRemoved } = said(name);
  const code = tokens.join(' ');
  return letterOf(code, { name, code, hasRelease: false }, { nonce: String(option), onRemoved, ...options });
}

/**
 * The release of an operation. `now`: what the properties of the first resource say; `target`: what the operation before was
 * to lead to; `tried`: what was tried last, whether or not the stack has rolled back since.
 */
export function nextName({ change, onRemoved }: Operation, now: Name, target: Name, tried: Name): Name {
  const { tokens, option } = said(now);
  const numbers = tokens.map(numberOf);
  const changed = (more: readonly string[]): Name => nameOf({ tokens: more, option, onRemoved });
  const edit = (at: number): Name => changed(tokens.map((token, index) => (index === at ? toggled(token) : token)));
  const add = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => String(Math.max(9, ...numbers) + index + 1));
  switch (change) {
    case 'add one':
      return changed([...tokens, ...add(1)]);
    case 'add three':
      return changed([...tokens, ...add(3)]);
    case 'remove the last':
      return changed(tokens.slice(0, -1));
    case 'remove the first two':
      return changed([...tokens.slice(2), ...add(1)]);
    case 'edit the first':
      return edit(0);
    case 'edit the last':
      return edit(tokens.length - 1);
    case 'bring one back': {
      const missing = [...Array(20).keys()].map((n) => n + 10).find((n) => !numbers.includes(n));
      return changed([...tokens, String(missing)].toSorted());
    }
    case 'try again':
      return tried;
    case 'other resources':
    case 'roll back':
      return now;
    case 'option':
      return nameOf({ ...said(now), option: option + 1 });
    case 'less': {
      const before = said(target);
      return nameOf({
        ...before,
        tokens: before.tokens.slice(0, Math.max(1, before.tokens.length - 1)),
        option: before.option + 1,
      });
    }
    case '':
    case 'e':
    case 'c':
    case 'ec':
    case 'ce':
    case 'ece': {
      const before = said(target);
      const last = Math.max(...before.tokens.map(numberOf));
      const more = Array.from(change, (phase, index) => `${last + index + 1}${phase === 'c' ? 'c' : ''}`);
      return nameOf({ ...before, tokens: [...before.tokens, ...more], option: before.option + 1 });
    }
    default:
      return change satisfies never;
  }
}

function numberOf(token: string): number {
  return Number(token.replace(/\D/g, ''));
}

/** A migration's other text. */
function toggled(token: string): string {
  return token.endsWith("'") ? token.slice(0, -1) : `${token}'`;
}
