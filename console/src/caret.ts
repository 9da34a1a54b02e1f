// Places in a text: lines and columns as the server counts them, offsets as the browser does; and bytes as text.

/** A stretch of a text, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** The place of `line` and `column` (from 1, in characters) and the end of that line; none where there is no such line. */
export function spanOf(text: string, line: number, column: number): Span | null {
  if (line < 1) return null;
  let start = 0;
  for (let n = 1; n < line; n += 1) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return null;
  }
  const stop = text.indexOf('\n', start);
  const end = stop < 0 ? text.length : stop;
  for (let n = 1; n < column && start < end; n += 1) start += text.codePointAt(start)! > 0xffff ? 2 : 1;
  return { start, end };
}

/** How many lines a text has; an empty one has one. */
export function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

const MARKS: [number[], string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0x3c, 0x00], 'utf-16le'],
  [[0x00, 0x3c], 'utf-16be'],
];

/** A file's text: by its byte order mark, by its XML declaration, else as UTF-8; what fits neither as Windows-1252. */
export function decode(bytes: Uint8Array<ArrayBuffer>): string {
  const mark = MARKS.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 200));
  const declared = /^\s*<\?xml[^>]*encoding\s*=\s*["']\s*([\w.-]+)/.exec(head)?.[1] ?? 'utf-8';
  // What could be read so far byte by byte is no UTF-16, whatever it says.
  const label = mark?.[1] ?? (/^utf-?16/i.test(declared) ? 'utf-8' : declared);
  for (const name of [label, 'utf-8']) {
    try {
      return new TextDecoder(name, { fatal: true }).decode(bytes);
    } catch {
      // Tried as the next.
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
}
