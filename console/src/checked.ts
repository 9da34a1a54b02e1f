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
  const { error, warning } = counts(message.findings.filter(({ rule }) => !rule?.includes(':')));
  if (!message.strict) return `It breaks CAP ${message.version} in ${many(error, 'place')}. Tolerant readers can use it; strict ones will drop it. Mend the errors before it is sent.`;
  const conforms = `It conforms to CAP ${message.version}.`;
  return warning ? `${conforms} ${many(warning, 'warning')} to look at.` : `${conforms} Nothing is wrong with it.`;
}

/** The profiles that a message can be checked against, beside CAP itself. */
export const PROFILES = [
  { id: 'ipaws', title: 'IPAWS 1.0 (United States)' },
  { id: 'cap-cp', title: 'CAP-CP 0.4 (Canada)' },
  { id: 'cap-au', title: 'CAP-AU 1.0 (Australia)' },
  { id: 'meteoalarm', title: 'MeteoAlarm (EUMETNET)' },
  { id: 'wmo', title: 'WMO practice' },
  { id: 'google', title: 'Google Public Alerts' },
];

/** The verdict of each profile that a message claims or that was asked for. */
export function profileVerdicts({ conforms, findings }: CheckedMessage): { look: Look; words: string }[] {
  return Object.entries(conforms).map(([id, conformant]) => {
    const title = PROFILES.find((profile) => profile.id === id)?.title ?? id;
    const { error, warning } = counts(findings.filter(({ rule }) => rule?.startsWith(`${id}:`)));
    if (!conformant) return { look: { sign: '✕', word: title, tone: 'bad' }, words: `does not conform: ${many(error, 'error')}` };
    return { look: { sign: '✓', word: title, tone: 'good' }, words: warning ? `conforms; ${many(warning, 'warning')} to look at` : 'conforms' };
  });
}

const SIGNATURES: Record<CheckedMessage['signature']['verdict'], Look> = {
  none: { sign: '–', word: 'not signed', tone: 'plain' },
  verified: { sign: '✓', word: 'signature verified', tone: 'good' },
  unverifiable: { sign: '?', word: 'signature not verifiable', tone: 'unknown' },
  broken: { sign: '✕', word: 'signature broken', tone: 'bad' },
  whitespace: { sign: '✕', word: 'signature broken unless white space is stripped', tone: 'bad' },
};

/** What is to be said of the signature; whose key it is nobody vouches for where it is not anchored. */
export function signatureVerdict({ signature }: CheckedMessage): { look: Look; words: string } {
  const look = SIGNATURES[signature.verdict];
  const says = signature.certificate ? `its certificate says ${signature.certificate}` : '';
  const whose = signature.verdict !== 'verified' ? '' : signature.anchored ? 'its certificate is trusted for the sender' : 'no trusted certificate vouches for the key here';
  const flags = signature.flags.length ? `flagged: ${signature.flags.join(', ')}` : '';
  return { look, words: [signature.reason, whose, says, flags].filter(Boolean).join('; ') };
}

const KINDS: Record<string, string> = { alert: 'A single message', atom: 'An Atom feed', rss: 'An RSS feed', 'edxl-de': 'An EDXL-DE distribution', list: 'A list', json: 'A single message', 'json-list': 'A JSON list', geojson: 'A GeoJSON collection', 'nws-geojson': 'A GeoJSON collection of the NWS' };

/** What the document is and how its messages fared; a single message needs no such words. */
export function documentWords(checked: Checked): string {
  const kind = (checked.document && KINDS[checked.document]) ?? 'A document';
  const items = itemsOf(checked);
  if (items.length === 0) {
    const where = checked.entries ? `${many(checked.entries, 'entry', 'entries')} that only point to messages elsewhere: open one and paste what it holds.` : 'no message in it.';
    return `${kind} with ${where}`;
  }
  if (items.length === 1 && (checked.document === 'alert' || checked.document === 'json')) return '';
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
