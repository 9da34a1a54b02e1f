// Times in the zone of the place, with UTC beside them; durations and countdowns in few characters.

const UTC = 'UTC';
/** A time never stands at the end of a line with its zone on the next. */
const TIED = '\u00a0';
const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** `Sun 27 Aug 2017, 04:15 CDT` in `zone`; an unknown zone falls back to UTC, said so by its name. */
export function inZone(at: string | number | Date, zone: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'time unknown';
  return `${day(date, zone)}, ${clock(date, zone)}${TIED}${zoneName(date, zone)}`;
}

/** `09:15 UTC`, led by the day where it differs from the day in `zone`. */
export function besideUtc(at: string | number | Date, zone: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return '';
  const other = day(date, UTC) === day(date, zone) ? '' : `${day(date, UTC, false)}, `;
  return `${other}${clock(date, UTC)}${TIED}UTC`;
}

/** `04:15 CDT`, for dense rows. */
export function shortInZone(at: string | number | Date, zone: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'unknown' : `${clock(date, zone)}${TIED}${zoneName(date, zone)}`;
}

/** `09:15:07 UTC`. */
export function utcSeconds(at: string | number | Date): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'unknown' : `${date.toISOString().slice(11, 19)} UTC`;
}

/** `27 Aug 2017`. */
export function utcDay(at: string | number | Date): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'unknown' : day(date, UTC, false);
}

/** `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`; the sign is dropped. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  const s = Math.floor(Math.abs(seconds));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
  if (s < DAY) return `${Math.floor(s / HOUR)} h ${two(Math.floor((s % HOUR) / MINUTE))} min`;
  return `${Math.floor(s / DAY)} d ${Math.floor((s % DAY) / HOUR)} h`;
}

/** A running clock: `04:59`, `1:02:03`; without sign. */
export function countdown(seconds: number): string {
  const s = Math.floor(Math.abs(seconds));
  const head = s >= HOUR ? `${Math.floor(s / HOUR)}:` : '';
  return `${head}${two(Math.floor((s % HOUR) / MINUTE))}:${two(s % MINUTE)}`;
}

/** The value a `datetime-local` input shows for an instant, in `zone`. */
export function toLocalInput(at: number | Date, zone: string): string {
  const parts = partsIn(new Date(at), zone);
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The instant that a `datetime-local` input's value names in `zone`, as RFC 3339. */
export function fromLocalInput(value: string, zone: string): string | null {
  const wall = Date.parse(`${value}Z`);
  if (Number.isNaN(wall)) return null;
  // Two steps settle on the right side of a change of the clocks.
  let instant = wall - offset(wall, zone);
  instant = wall - offset(instant, zone);
  return new Date(instant).toISOString();
}

/** `zone` where this browser knows it, UTC otherwise. */
export function knownZone(zone: string): string {
  return formatter('en-GB', zone, {}).resolvedOptions().timeZone;
}

function offset(instant: number, zone: string): number {
  const p = partsIn(new Date(instant), zone);
  const wall = Date.UTC(+p.year, +p.month - 1, +p.day, +p.hour, +p.minute, new Date(instant).getUTCSeconds());
  return wall - Math.floor(instant / 1000) * 1000;
}

function partsIn(date: Date, zone: string): Record<string, string> {
  const format = formatter('en-GB', zone, { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return Object.fromEntries(format.formatToParts(date).map((p) => [p.type, p.value]));
}

function day(date: Date, zone: string, weekday = true): string {
  const format = formatter('en-GB', zone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  const p = Object.fromEntries(format.formatToParts(date).map((x) => [x.type, x.value]));
  const rest = `${p.day} ${p.month} ${p.year}`;
  return weekday ? `${p.weekday} ${rest}` : rest;
}

function clock(date: Date, zone: string): string {
  const p = partsIn(date, zone);
  return `${p.hour}:${p.minute}`;
}

function zoneName(date: Date, zone: string): string {
  const name = (locale: string) =>
    formatter(locale, zone, { timeZoneName: 'short' }).formatToParts(date).find((p) => p.type === 'timeZoneName')?.value ?? UTC;
  // Each locale knows the short names of its own continent only.
  const british = name('en-GB');
  return british.startsWith('GMT') && british.length > 3 ? name('en-US').replace('GMT', 'UTC') : british;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  let format = formatters.get(key);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone || UTC });
    } catch {
      format = new Intl.DateTimeFormat(locale, { ...options, timeZone: UTC });
    }
    formatters.set(key, format);
  }
  return format;
}

const two = (n: number) => String(n).padStart(2, '0');
