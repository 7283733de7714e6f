/** Makes the program believe that it writes to a terminal of COLUMNS columns. */
Object.assign(process.stdout, { isTTY: true, columns: Number(process.env.COLUMNS) });
