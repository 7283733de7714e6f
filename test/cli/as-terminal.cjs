/** Makes the program believe that it writes to a terminal of COLUMNS columns, and that somebody sits there. */
Object.assign(process.stdout, { isTTY: true, columns: Number(process.env.COLUMNS) });
process.stdin.isTTY = true;
