import { asMarkdown } from '../../../cli/rehearse/report/as-markdown';
import { exampleReport, HOSTILE } from './rehearsal-example';

/** Without what stands in blocks of code, where everything is shown as it is. */
function outsideOfBlocks(markdown: string): string {
  return markdown.replace(/^ *(`{3,})\w*\n[^]*?\n *\1$/gm, '');
}

test('the comment begins with its mark, the verdict and a table of what was played', () => {
  const lines = asMarkdown(exampleReport()).split('\n');

  expect(lines[0]).toBe('<!-- aurora-migrations rehearse -->');
  expect(lines[1]).toMatch(/^## ❌ Rehearsal of Shop /);
  expect(lines[3]).toContain('**1 of 2 plays did not come out as it must.** From branch ');
  expect(lines.filter((line) => line.startsWith('| '))[2]).toBe(
    '| ✅ held | The deployment, undisturbed (1.2 s) | The stack is updated, and 1 of its migrations is applied. |',
  );
});

test('nothing of what others have written is markup, a link, a mention or another column', () => {
  const markdown = outsideOfBlocks(asMarkdown(exampleReport()));

  expect(markdown).toContain('&lt;script>');
  expect(markdown).not.toMatch(/<script|<img|<\/pre/);
  expect(markdown).not.toContain('](https://');
  expect(markdown).not.toContain('https://');
  expect(markdown).not.toContain('@team');
  expect(markdown).not.toContain('**bold**');
  const cells = markdown.split('\n').filter((line) => line.startsWith('| ❌'));
  expect(cells.map((line) => line.split(/(?<!\\)\|/).length)).toEqual([5]);
});

test('a block of code is not ended by what stands in it', () => {
  const markdown = asMarkdown(exampleReport());

  expect(HOSTILE).toContain('```');
  expect(markdown).toContain('````sql\n');
  expect(outsideOfBlocks(markdown)).not.toContain('INSERT INTO team');
});

test('a comment that would be too long for GitHub leaves out the end of its details, and says so', () => {
  const markdown = asMarkdown(exampleReport(2000));

  expect(markdown.length).toBeLessThanOrEqual(65_536);
  expect(markdown).toContain('There is more than a comment takes');
  expect(markdown).toContain('What was not played');
  expect(markdown).not.toContain('INSERT INTO team');
  const outside = outsideOfBlocks(markdown);
  expect(outside.match(/<details>/g)).toHaveLength(outside.match(/<\/details>/g)!.length);
  expect(asMarkdown(exampleReport())).not.toContain('There is more than a comment takes');
});
