/** Reads what `java.util.Properties.load` reads, by its specification, from bytes that are taken for ISO 8859-1. */
export function readProperties(bytes: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of bytes.toString('latin1').split(/\r\n|\r|\n/u)) {
    const text = line.replace(/^[ \t\f]+/u, '');
    if (text === '' || /^[#!]/u.test(text)) continue;
    if (/(?<!\\)(?:\\\\)*\\$/u.test(text)) throw new Error('A line that goes on is not expected');
    const key = /^(?:\\.|[^\\=: \t\f])*/u.exec(text)?.[0] ?? '';
    const value = text.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/u, '');
    found.set(unescaped(key), unescaped(value));
  }
  return found;
}

const LETTERS: Readonly<Record<string, string>> = { t: '\t', n: '\n', f: '\f', r: '\r' };

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([\da-fA-F]{4})|(.))/gu, (_all, code?: string, letter: string = '') =>
    code === undefined ? (LETTERS[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
