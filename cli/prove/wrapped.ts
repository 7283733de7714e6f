/** Breaks a text into lines of at most `width` columns, each of them indented. A word that is longer stays whole. */
export function wrapped(text: string, width: number, indent: string): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && indent.length + longer.length > width) {
        lines.push(indent + line);
        line = word;
      } else line = longer;
    }
    lines.push(indent + line);
  }
  return lines;
}
