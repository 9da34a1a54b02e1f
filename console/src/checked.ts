// What the check of a message found, in words, and what of it goes on the map.
import type { Geometry, Position } from 'geojson';
import type { Look } from './levels';
import type { Shape } from './map';
import type { Checked, CheckedInfo, CheckedMessage, Finding, LevelName, RejectedMessage } from './types';

/** One message of the document, whether it can be used or not. */
export type Item = { index: number; message: CheckedMessage; rejected: null } | { index: number; message: null; rejected: RejectedMessage };

/** All messages in the order of the document. */
export function itemsOf(checked: Checked): Item[] {
  const usable = checked.messages.map((message): Item => ({ index: message.index, message, rejected: null }));
  const rejected = checked.rejected.map((rejected): Item => ({ index: rejected.index, message: null, rejected }));
  return [...usable, ...rejected].sort((a, b) => a.index - b.index);
}

export const STRICT: Look = { sign: '✓', word: 'strict', tone: 'good' };
export const USABLE: Look = { sign: '!', word: 'usable, not strict', tone: 'wait' };
export const NOT_USABLE: Look = { sign: '✕', word: 'not usable', tone: 'bad' };

export function lookOf({ message }: Item): Look {
  if (!message?.usable) return NOT_USABLE;
  return message.strict ? STRICT : USABLE;
}

/** The verdict as a sentence: what it means, and what is to be done. */
export function verdictWords({ message }: Item): string {
  if (!message?.usable) return 'No reader can use this message: mend it before it is sent.';
  const { error, warning } = counts(message.findings);
  if (!message.strict) return `It breaks CAP ${message.version} in ${many(error, 'place')}. Tolerant readers can use it; strict ones will drop it. Mend the errors before it is sent.`;
  const conforms = `It conforms to CAP ${message.version}.`;
  return warning ? `${conforms} ${many(warning, 'warning')} to look at.` : `${conforms} Nothing is wrong with it.`;
}

const KINDS: Record<string, string> = { alert: 'A single message', atom: 'An Atom feed', rss: 'An RSS feed', 'edxl-de': 'An EDXL-DE distribution', list: 'A list' };

/** What the document is and how its messages fared; a single message needs no such words. */
export function documentWords(checked: Checked): string {
  const kind = (checked.document && KINDS[checked.document]) ?? 'A document';
  const items = itemsOf(checked);
  if (items.length === 0) {
    const where = checked.entries ? `${many(checked.entries, 'entry', 'entries')} that only point to messages elsewhere: open one and paste what it holds.` : 'no message in it.';
    return `${kind} with ${where}`;
  }
  if (items.length === 1 && checked.document === 'alert') return '';
  const fared = [STRICT, USABLE, NOT_USABLE].flatMap((look) => {
    const n = items.filter((item) => lookOf(item) === look).length;
    return n ? [`${n} ${look.word}`] : [];
  });
  const rest = [
    checked.entries ? `${many(checked.entries, 'entry', 'entries')} only point elsewhere` : '',
    checked.dropped ? `${checked.dropped} more were not looked at: split the document` : '',
  ].filter(Boolean);
  return `${kind} of ${many(items.length, 'message')}: ${fared.join('; ')}.${rest.length ? ` ${rest.join('; ')}.` : ''}`;
}

/** `2 errors, 1 warning`; empty where nothing was found. */
export function countWords(findings: Finding[]): string {
  const { error, warning, info } = counts(findings);
  return [error && many(error, 'error'), warning && many(warning, 'warning'), info && many(info, 'remark')].filter(Boolean).join(', ');
}

function counts(findings: Finding[]): Record<Finding['severity'], number> {
  const counted = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counted[severity] += 1;
  return counted;
}

export const many = (n: number, one: string, more = `${one}s`) => `${n} ${n === 1 ? one : more}`;

/** The findings of a message in the order of its text; those of no place last. */
export function inOrder(findings: Finding[]): Finding[] {
  const at = (f: Finding) => (f.line ?? 0) || Number.MAX_SAFE_INTEGER;
  return findings.toSorted((a, b) => at(a) - at(b) || (a.column ?? 0) - (b.column ?? 0));
}

/** The area that a path lies in, as `info.area`, both from 1; none for the rest of the message. */
export function areaOf(path: string): string | null {
  const found = /\/info(?:\[(\d+)\])?\/area(?:\[(\d+)\])?(?:\/|$)/.exec(path);
  return found ? `${found[1] ?? 1}.${found[2] ?? 1}` : null;
}

/** CAP severity as a level of the map; what is not known has none. */
export function levelOf(severity: string): LevelName {
  const known: Record<string, LevelName> = { Extreme: 'extreme', Severe: 'severe', Moderate: 'moderate', Minor: 'minor' };
  return known[severity] ?? 'none';
}

/** Signs on one map, at most; shapes beyond are drawn without. */
const MAX_SIGNS = 200;

/**
 * A message's areas as shapes, and for each area (`info.area`) the id of its shape. Areas that several languages
 * share are drawn once. `run` keeps the ids of one check apart from the next.
 */
export function shapesOf(message: CheckedMessage, run: number): { shapes: Shape[]; idOf: Map<string, string> } {
  const parts = new Map<string, Position[][][]>();
  for (const { geometry, properties } of message.geojson.features) {
    const key = `${properties.info}.${properties.area}`;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
    parts.set(key, [...(parts.get(key) ?? []), ...polygons]);
  }
  const known = new Map<string, Shape>();
  const idOf = new Map<string, string>();
  message.infos.forEach((info, i) =>
    info.areas.forEach((area, a) => {
      const key = `${i + 1}.${a + 1}`;
      const polygons = parts.get(key);
      const geometry: Geometry | null = polygons ? { type: 'MultiPolygon', coordinates: polygons } : null;
      const level = levelOf(info.severity);
      const same = geometry ? JSON.stringify([level, geometry]) : `without ${key}`;
      const label = area.description || 'an area without words';
      const before = known.get(same);
      if (before && !before.label.split('; ').includes(label)) before.label += `; ${label}`;
      const shape: Shape = before ?? { id: `${run}/${message.index}/${key}`, geometry, center: null, level, label, ...(level === 'none' && { sign: '?' }) };
      known.set(same, shape);
      idOf.set(key, shape.id);
    }),
  );
  const shapes = [...known.values()];
  return { shapes: shapes.map((shape) => ({ ...shape, plain: shapes.length > MAX_SIGNS })), idOf };
}

/** `25 Nov 2026, 03:00 +01:00`: the time as the message gives it, in its own offset. */
export function asGiven(time: string): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::(\d\d))?(.*)$/.exec(time);
  if (!parts) return time;
  const [, year, month, day, clock, seconds, offset] = parts;
  const name = MONTHS[Number(month) - 1];
  if (!name) return time;
  return `${Number(day)} ${name} ${year}, ${clock}${seconds && seconds !== '00' ? `:${seconds}` : ''} ${offset === '-00:00' ? 'UTC' : offset?.replace('-', '−')}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The language a block is in, as said or as CAP means it where nothing is said. */
export const languageWords = ({ language }: CheckedInfo) => language ?? 'en-US (not said)';
