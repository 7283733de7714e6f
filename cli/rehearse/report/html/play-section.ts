import type { Check, PlayReport } from '../rehearsal-report';
import { duration, OUTCOME_WORDS, PLAY_TITLES } from '../words';
import { html, type Markup, NOTHING } from './markup';
import { timelineFigure } from './timeline-figure';

const SIGNS = { held: '✓', found: '✗', skipped: '–', broken: '✗', noted: '!' } as const;

const CHECK_WORDS: Readonly<Record<Check['kind'], string>> = { held: 'held', broken: 'not so', noted: 'note' };

/** One play, with its checks and its timeline; open where there is something to see. */
export function playSection({ kind, outcome, story, checks, milliseconds, timeline }: PlayReport): Markup {
  const isOpen = outcome === 'found' || kind === 'forward';
  return html`<details class="card" ${isOpen ? OPEN : NOTHING}>
    <summary>
      <span class="word ${outcome}">${SIGNS[outcome]} ${OUTCOME_WORDS[outcome]}</span>
      <h3>${PLAY_TITLES[kind]}</h3>
      <span class="quiet">${outcome === 'skipped' ? '' : duration(milliseconds)}</span>
    </summary>
    <div class="body">
      <p>${story}</p>
      <ul class="checks">
        ${checks.map(checkItem)}
      </ul>
      ${timelineFigure(timeline)}
    </div>
  </details> `;
}

const OPEN = html` open`;

function checkItem({ kind, what, details }: Check): Markup {
  const lines = details.length === 0 ? NOTHING : html`<div class="details name">${details.join('\n')}</div>`;
  return html`<li><span class="word ${kind}">${SIGNS[kind]} ${CHECK_WORDS[kind]}</span>${what}${lines}</li>`;
}
