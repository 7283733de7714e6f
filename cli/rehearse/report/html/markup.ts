/** Text of HTML, in which everything that others have written is escaped. Made by {@link html} and {@link trusted} only. */
export interface Markup {
  readonly kind: 'markup';
  readonly text: string;
}

type Value = string | number | Markup | readonly Markup[];

/** Puts a page together: texts are escaped, markup stays. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return trusted(parts.map((part, index) => part + textOf(values[index])).join(''));
}

/** Markup that is written here, such as a style sheet. */
export function trusted(text: string): Markup {
  return { kind: 'markup', text };
}

/** Nothing. */
export const NOTHING = trusted('');

function textOf(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return 'kind' in value ? value.text : value.map(({ text }) => text).join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
