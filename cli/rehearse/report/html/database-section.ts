import type { DatabaseReport, MigrationReport, SchemaChange, StatementReport } from '../rehearsal-report';
import { databaseText, durationOrDash } from '../words';
import { html, type Markup, NOTHING } from './markup';

/** What a release does to one database: its migrations, their statements, and the schema before and after. */
export function databaseSection(database: DatabaseReport): Markup {
  const { logicalId, migrations, removed, schema } = database;
  return html`<section class="card">
    <div class="head">
      <h3>${databaseText(database)}</h3>
      <span class="quiet name">${logicalId}</span>
    </div>
    <div class="body">
      ${migrations.length === 0 ? html`<p class="quiet">The release brings no migration for it.</p>` : migrations.map(migrationDetails)}
      ${removed.length === 0 ? NOTHING : html`<p>Only in the release before: ${removed.join(', ')}</p>`}
      <h4>The schema before and after</h4>
      ${schema.length === 0 ? html`<p class="quiet">It is the same.</p>` : schema.map(changeOf)}
    </div>
  </section>`;
}

function migrationDetails(migration: MigrationReport): Markup {
  const { name, milliseconds, form, phase, isIrreversible, up, down } = migration;
  const facts = [
    milliseconds === null ? 'not applied' : durationOrDash(milliseconds),
    ...(phase === 'contract' ? ['contracts: after the application'] : []),
    ...(isIrreversible ? ['irreversible'] : []),
    ...(form === 'module' ? ['JavaScript'] : []),
  ];
  return html`<details open>
    <summary><span class="name">${name}</span> <span class="quiet">${facts.join(', ')}</span></summary>
    ${form === 'module' ? html`<p class="quiet">Its queries are what its code makes of them: no statements to show.</p>` : NOTHING}
    ${statementTable('up', up)}${statementTable('down', down)}
  </details>`;
}

function statementTable(direction: string, statements: readonly StatementReport[]): Markup {
  if (statements.length === 0) return NOTHING;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${direction}</th>
        <th scope="col" class="number">time</th>
      </tr>
    </thead>
    <tbody>
      ${statements.map(
        ({ sql, milliseconds }) =>
          html`<tr>
            <td><pre>${sql}</pre></td>
            <td class="number">${durationOrDash(milliseconds)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function changeOf({ object, kind, lines }: SchemaChange): Markup {
  return html`<h4><code>${object}</code> <span class="quiet">${kind}</span></h4>
    <pre class="diff" tabindex="0" aria-label="difference of ${object}">${lines.map(diffLine)}</pre>`;
}

/** The sign stands in the text, beside the colour. */
function diffLine(line: string): Markup {
  const kind = line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : 'same';
  return html`<span class="${kind}">${line}</span>`;
}
