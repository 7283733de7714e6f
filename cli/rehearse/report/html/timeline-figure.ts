import type { Bar, Timeline, TimelineRow } from '../rehearsal-report';
import { duration } from '../words';
import { html, type Markup, NOTHING } from './markup';

/** Share of the width from which on a bar has room for words. */
const ROOM_FOR_WORDS = 12;

const KINDS: Readonly<Record<TimelineRow['kind'], string>> = {
  stack: 'stack',
  migration: 'migration',
  'custom-resource': 'resource of the migrations',
  function: 'function of the migrations',
  application: 'application',
  others: '',
  code: 'live code',
};

const BARS: Readonly<Record<Exclude<Bar['kind'], 'neutral'>, string>> = {
  forward: 'forward',
  backward: 'back, deleted',
  failed: 'failed',
  before: 'code of the release before',
  after: 'code of the new release',
  both: 'code that is the same in both',
};

/** Bars over time; each row says in words what its bars show. */
export function timelineFigure(timeline: Timeline): Markup {
  const { milliseconds, rows, marks } = timeline;
  if (rows.length === 0) return NOTHING;
  const percent = (at: number): number => Math.round((at / Math.max(milliseconds, 1)) * 10_000) / 100;
  const kinds = new Set(rows.flatMap(({ bars }) => bars.map(({ kind }) => kind)));
  const lines = marks.map(({ at }) => html`<span class="mark" style="left:${percent(at)}%"></span>`);
  return html`<figure>
    <figcaption>
      What was under way when, in ${duration(milliseconds)}${marks.length === 0 ? '' : `. Dashed: ${wordsOf(marks)}`}
    </figcaption>
    <ol class="timeline">
      <li class="axis" aria-hidden="true">
        <div class="label"></div>
        <div class="track">
          ${ticks(milliseconds).map((at) => html`<span style="left:${percent(at)}%">${duration(at)}</span>`)}
        </div>
      </li>
      ${rows.map(
        (row) =>
          html`<li>
            <div class="label"><span class="name">${row.label}</span> <span class="quiet">${rowWords(row)}</span></div>
            <div class="track" aria-hidden="true">${row.bars.map((bar) => barOf(bar, percent))}${lines}</div>
          </li> `,
      )}
    </ol>
    <ul class="key" aria-hidden="true">
      ${Object.entries(BARS)
        .filter(([kind]) => kinds.has(kind as Bar['kind']))
        .map(([kind, words]) => html`<li><span class="bar ${kind}"></span>${words}</li>`)}
    </ul>
  </figure>`;
}

function wordsOf(marks: Timeline['marks']): string {
  return marks.map(({ at, what }) => `${what} at ${duration(at)}`).join(', ');
}

function rowWords({ kind, bars }: TimelineRow): string {
  const words = [...new Set(bars.map(({ what }) => what))];
  const spans =
    kind === 'code' ? bars.map(({ what, from, to }) => `${what} from ${duration(from)} to ${duration(to)}`) : words;
  return [KINDS[kind], spans.join(', ')].filter((part) => part !== '').join(': ');
}

function barOf({ from, to, kind, what }: Bar, percent: (at: number) => number): Markup {
  const left = percent(from);
  // A whole bar stays in the picture, also one that is thinner than a line.
  const width = Math.max(percent(to) - left, 0);
  const isThin = width < ROOM_FOR_WORDS;
  const style = `left:min(${left}%, 100% - 4px);width:${Math.round(width * 100) / 100}%`;
  return html`<span
    class="bar ${kind}${isThin ? ' thin' : ''}"
    style="${style}"
    title="${what}: ${duration(from)} to ${duration(to)}"
    >${isThin ? '' : what}</span
  >`;
}

/** Times at round numbers, five at most. */
function ticks(milliseconds: number): readonly number[] {
  const step =
    [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000].find((each) => milliseconds / each <= 5) ??
    milliseconds;
  return Array.from({ length: Math.floor(milliseconds / step) + 1 }, (_, index) => index * step);
}
