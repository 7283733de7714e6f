/** Breaks a text between words, so that no line is longer than `width` unless a single word is; each line is indented. */
export function wrappedText(text: string, width: number, indent = ''): string {
  return wrappedLines(text, width, indent).join('\n');
}

/** The same, line by line. */
export function wrappedLines(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const isFirst = line === indent;
    if (!isFirst && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line += isFirst ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

/** The same of a text whose lines are paragraphs, each of which begins a new line. */
export function wrappedParagraphs(text: string, width: number, indent = ''): readonly string[] {
  return text.split('\n').flatMap((paragraph) => wrappedLines(paragraph, width, indent));
}
