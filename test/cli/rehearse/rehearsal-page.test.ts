import { asHtml } from '../../../cli/rehearse/report/html/as-html';
import { findChromium, lookAt } from './chromium';
import { exampleReport, HOSTILE } from './rehearsal-example';

const page = asHtml(exampleReport());
const chromium = findChromium();
const inBrowser = chromium === undefined ? test.skip : test;
const browser = chromium ?? '';

test('the page holds nothing to fetch and nothing to run', () => {
  expect(page).not.toMatch(/<(script|link|img|iframe|object|embed)\b/i);
  expect(page).not.toMatch(/<[^>]*\s(?:src|href|on\w+)=/i);
  expect(page).not.toContain('url(');
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"`);
});

inBrowser('a request of a page would be seen', () => {
  const asking = '<!doctype html><title>asks</title><img src="https://example.com/picture.png">';
  const { found, requests } = lookAt(browser, asking, { width: 360, scheme: 'light' }, 'return page.title;');

  expect({ found, requests }).toEqual({ found: 'asks', requests: ['https://example.com/picture.png'] });
});

describe.each([
  { width: 1200, scheme: 'light' },
  { width: 1200, scheme: 'dark' },
  { width: 360, scheme: 'light' },
] as const)('at $width px, $scheme', (look) => {
  inBrowser('all of it is to be seen, and nothing is asked of the network', () => {
    const { found, requests } = lookAt(
      browser,
      page,
      look,
      `for (const each of page.querySelectorAll('details')) each.open = true;
       // A difference keeps its lines, and is scrolled by itself.
       const wide = [...page.querySelectorAll('main *')]
         .filter((each) => each.closest('pre.diff') === null && each.getBoundingClientRect().right > ${look.width})
         .map((each) => each.tagName + ' ' + each.className);
       return {
         title: page.title,
         language: page.documentElement.lang,
         headings: [...page.querySelectorAll('h1, h2')].map((each) => each.tagName + ' ' + each.textContent.slice(0, 12)),
         scripts: page.scripts.length,
         wide: page.documentElement.scrollWidth > ${look.width} ? ['the page', ...wide] : wide,
         background: view.getComputedStyle(page.body).backgroundColor,
         bars: page.querySelectorAll('.timeline .bar').length,
         invisible: [...page.querySelectorAll('.timeline .bar')].filter((each) => each.getBoundingClientRect().width < 3).length,
         statement: page.querySelector('td pre').textContent,
       };`,
    );

    expect(requests).toEqual([]);
    expect(found).toEqual({
      title: expect.stringMatching(/^Rehearsal of Shop <\/pre>.*: something was found$/),
      language: 'en',
      headings: ['H1 Rehearsal of', 'H2 What was pla', 'H2 What it does', 'H2 What was not'],
      scripts: 0,
      wide: [],
      background: look.scheme === 'dark' ? 'rgb(20, 24, 29)' : 'rgb(255, 255, 255)',
      bars: 8,
      invisible: 0,
      statement: `INSERT INTO team VALUES (0, "${HOSTILE}")`,
    });
  });

  inBrowser('text has the contrast that WCAG asks for', () => {
    const { found } = lookAt(
      browser,
      page,
      look,
      `for (const each of page.querySelectorAll('details')) each.open = true;
       const channels = (color) => color.match(/[\\d.]+/g).map(Number);
       const luminance = (color) => {
         const [r, g, b] = channels(color).slice(0, 3).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
         return 0.2126 * r + 0.7152 * g + 0.0722 * b;
       };
       const behind = (each) => {
         const color = view.getComputedStyle(each).backgroundColor;
         return channels(color)[3] === 0 && each.parentElement ? behind(each.parentElement) : color;
       };
       const low = [];
       for (const each of page.querySelectorAll('main *')) {
         if (![...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
         const [a, b] = [luminance(view.getComputedStyle(each).color), luminance(behind(each))];
         const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
         if (ratio < 4.5) low.push(each.className + ' ' + each.textContent.slice(0, 20) + ' ' + ratio.toFixed(2));
       }
       return low;`,
    );

    expect(found).toEqual([]);
  });
});
