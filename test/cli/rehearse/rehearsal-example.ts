import type { PlayReport, RehearsalReport } from '../../../cli/rehearse/report/rehearsal-report';

/** What somebody may write into a name, a statement or an error, to have it run or to break out. */
export const HOSTILE = `</pre></details><script>document.title='run'</script><img src="https://example.com/x.png" onerror='alert(1)'> @team [link](https://example.com) | \`\`\` & **bold**`;

const FORWARD: PlayReport = {
  kind: 'forward',
  outcome: 'held',
  story: 'The stack is updated, and 1 of its migrations is applied.',
  checks: [{ kind: 'held', what: 'the stack ends as UPDATE_COMPLETE', details: [] }],
  milliseconds: 1200,
  timeline: {
    milliseconds: 1200,
    rows: [
      { kind: 'stack', label: 'Shop', bars: [{ from: 0, to: 1200, kind: 'forward', what: 'update' }] },
      {
        kind: 'code',
        label: 'Api',
        bars: [
          { from: 0, to: 800, kind: 'before', what: 'code for 0001_user' },
          { from: 800, to: 1200, kind: 'after', what: 'code for 0002_team' },
        ],
      },
      {
        kind: 'migration',
        label: '0002_team',
        bars: [{ from: 300, to: 340, kind: 'forward', what: 'applied in 40 ms' }],
      },
    ],
    marks: [],
  },
};

/** A report in which one play has found something, and all that others have written is hostile. */
export function exampleReport(statements = 1): RehearsalReport {
  return {
    version: 1,
    verdict: 'found',
    stack: `Shop ${HOSTILE}`,
    base: { kind: 'commit', commit: '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d', name: `branch ${HOSTILE}` },
    next: { kind: 'working-tree' },
    server: 'MariaDB 10.11.14',
    startedAt: '2026-01-31T12:00:00.000Z',
    milliseconds: 21_000,
    databases: [
      {
        logicalId: 'Migrations23B444C5',
        name: 'shop',
        from: '0001_user',
        to: '0002_team',
        before: 1,
        migrations: [
          {
            name: '0002_team',
            file: '0002_team.sql',
            form: 'sql',
            phase: 'expand',
            isIrreversible: false,
            milliseconds: 40,
            up: Array.from({ length: statements }, (_, index) => ({
              sql: `INSERT INTO team VALUES (${index}, "${HOSTILE}")`,
              milliseconds: 1.25,
            })),
            down: [{ sql: 'DROP TABLE team', milliseconds: null }],
          },
        ],
        removed: [],
        schema: [
          {
            object: 'table team',
            kind: 'new',
            lines: ['+CREATE TABLE `team` (', `+  \`name\` varchar(10) COMMENT '${HOSTILE}'`, '+)'],
          },
        ],
      },
    ],
    plays: [
      FORWARD,
      {
        ...FORWARD,
        kind: 'sibling-fails',
        outcome: 'found',
        story: `It goes back. ${HOSTILE}`,
        checks: [{ kind: 'broken', what: 'the schema is what it was before', details: [HOSTILE, '-`a` int'] }],
        timeline: { ...FORWARD.timeline, marks: [{ at: 600, what: 'RehearsalSibling fails' }] },
      },
    ],
    notPlayed: [{ what: 'Time', details: `Resources that take minutes took none. ${HOSTILE}` }],
  };
}
