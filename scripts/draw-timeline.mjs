/**
 * Draws `docs/timeline-light.svg` and `docs/timeline-dark.svg`, the picture at the top of the README: which schema and which code
 * are live in a deployment that works, and in one that fails. `node scripts/draw-timeline.mjs`
 */
import fs from 'node:fs';
import path from 'node:path';

const WIDTH = 860;
const LEFT = 96;
const LANE = 34;
const GAP = 10;

const THEMES = {
  light: {
    text: '#1f2328',
    quiet: '#59636e',
    a: '#ddf4ff',
    b: '#1f6feb',
    onB: '#ffffff',
    line: '#d1d9e0',
    bad: '#cf222e',
  },
  dark: {
    text: '#f0f6fc',
    quiet: '#9198a1',
    a: '#1b2f4a',
    b: '#4493f8',
    onB: '#0d1117',
    line: '#3d444d',
    bad: '#f85149',
  },
};

/** Each story: where release B is what the lane has, from and to, in hundredths of the width; and what happens when. */
const STORIES = [
  {
    title: 'A deployment that works',
    schema: [20, 100],
    code: [48, 100],
    moments: [
      { at: 20, says: 'migrations of B are applied' },
      { at: 48, says: 'then the code of B goes live' },
    ],
  },
  {
    title: 'A deployment that fails',
    schema: [18, 84],
    code: [34, 64],
    moments: [
      { at: 18, says: 'migrations' },
      { at: 34, says: 'code' },
      { at: 48, says: 'something fails', isBad: true },
      { at: 64, says: 'the code goes back first' },
      { at: 84, says: 'then the schema' },
    ],
  },
];

const x = (hundredths) => LEFT + ((WIDTH - LEFT - 8) * hundredths) / 100;

function drawing(theme) {
  const parts = [];
  let y = 8;
  for (const story of STORIES) {
    parts.push(text(0, y + 14, story.title, theme.text, 'bold'));
    y += 28;
    const top = y + 22;
    for (const moment of story.moments) {
      const colour = moment.isBad ? theme.bad : theme.quiet;
      parts.push(text(x(moment.at) + 4, y + 12, moment.says, colour));
      parts.push(
        `<line x1="${x(moment.at)}" y1="${y}" x2="${x(moment.at)}" y2="${top + 2 * LANE + GAP}" stroke="${colour}" stroke-dasharray="${moment.isBad ? '0' : '3 3'}"/>`,
      );
    }
    y = top;
    for (const [name, lane] of [
      ['schema', story.schema],
      ['your code', story.code],
    ]) {
      const [from, to] = lane;
      parts.push(text(0, y + 22, name, theme.text));
      parts.push(bar(0, from, y, theme.a, theme.text, 'A', theme.line));
      parts.push(bar(from, to, y, theme.b, theme.onB, 'B', theme.b));
      if (to < 100) parts.push(bar(to, 100, y, theme.a, theme.text, 'A', theme.line));
      y += LANE + GAP;
    }
    y += 14;
  }
  const describes =
    'Two deployments. In the one that works the schema moves from A to B before the code does. In the one that fails the code goes back to A first, and then the schema.';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${describes}" font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13">`,
    `<title>${describes}</title>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function bar(from, to, y, fill, colour, letter, stroke) {
  const width = x(to) - x(from);
  return (
    `<rect x="${x(from)}" y="${y}" width="${width}" height="${LANE}" fill="${fill}" stroke="${stroke}"/>` +
    text(x(from) + width / 2, y + 22, letter, colour, 'bold', 'middle')
  );
}

function text(at, y, says, colour, weight = 'normal', anchor = 'start') {
  return `<text x="${at}" y="${y}" fill="${colour}" font-weight="${weight}" text-anchor="${anchor}">${says}</text>`;
}

for (const [name, theme] of Object.entries(THEMES)) {
  fs.writeFileSync(path.join(path.dirname(import.meta.dirname), `docs/timeline-${name}.svg`), drawing(theme));
}
