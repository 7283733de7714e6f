import type { RehearsalReport } from '../rehearsal-report';
import { duration, originText, verdictText } from '../words';
import { databaseSection } from './database-section';
import { html } from './markup';
import { playSection } from './play-section';
import { STYLE } from './style';

/** Nothing may be fetched or run, whatever stands in a migration. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** One page with all of it, which needs nothing else. */
export function asHtml(report: RehearsalReport): string {
  const { verdict, stack, base, next, server, startedAt, milliseconds, databases, plays, notPlayed } = report;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <title>Rehearsal of ${stack}: ${verdict === 'held' ? 'all held' : 'something was found'}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>Rehearsal of ${stack}</h1>
          <p class="verdict ${verdict}">
            <span aria-hidden="true">${verdict === 'held' ? '✓' : '✗'}</span>${verdictText(report)}
          </p>
          <dl class="facts">
            <dt>from</dt>
            <dd>${originText(base)}</dd>
            <dt>to</dt>
            <dd>${originText(next)}</dd>
            <dt>on</dt>
            <dd>${server}</dd>
            <dt>played</dt>
            <dd>
              <time datetime="${startedAt}">${startedAt.slice(0, 16).replace('T', ' ')} UTC</time>, in
              ${duration(milliseconds)}
            </dd>
          </dl>
          <h2>What was played</h2>
          ${plays.map(playSection)}
          <h2>What it does to the database</h2>
          ${databases.map(databaseSection)}
          <h2>What was not played</h2>
          <dl>
            ${notPlayed.map(
              ({ what, details }) =>
                html`<dt><strong>${what}</strong></dt>
                  <dd class="quiet">${details}</dd> `,
            )}
          </dl>
        </main>
      </body>
    </html> `.text;
}
