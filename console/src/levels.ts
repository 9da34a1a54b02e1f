// Levels, states and outcomes as a word, a sign and a tone: colour is never alone.
import type { ChannelStatus, Destination, IncidentSummary, LevelName, Source, Warning, WarningState } from './types';

/** How a fact looks: the tone picks the colours in style.css. */
export interface Look {
  sign: string;
  word: string;
  tone: 'good' | 'wait' | 'bad' | 'unknown' | 'plain';
}

export const LEVELS: Record<LevelName, { rank: number; sign: string; word: string }> = {
  none: { rank: 0, sign: '○', word: 'below warning' },
  minor: { rank: 1, sign: '●', word: 'minor' },
  moderate: { rank: 2, sign: '▲', word: 'moderate' },
  severe: { rank: 3, sign: '◆', word: 'severe' },
  extreme: { rank: 4, sign: '■', word: 'extreme' },
};

/** The level's fill (WMO-No. 1150: green, yellow, orange, red) on the map and beside its word; the ink on it keeps a contrast of 4.5. */
export const LEVEL_FILL: Record<LevelName, string> = {
  none: '#5c6878',
  minor: '#2f7d3f',
  moderate: '#f0c419',
  severe: '#f58b1f',
  extreme: '#cc2f2f',
};

export const INCIDENT_STATUS: Record<IncidentSummary['status'], string> = {
  open: 'needs a decision',
  accepted: 'accepted',
  declined: 'declined, to be reviewed',
  closed: 'closed',
};

export const WARNING_STATE: Record<WarningState, Look> = {
  draft: { sign: '✎', word: 'draft', tone: 'plain' },
  submitted: { sign: '◔', word: 'waits for approval', tone: 'wait' },
  approved: { sign: '✓', word: 'approved, not issued', tone: 'wait' },
  issued: { sign: '▶', word: 'issued', tone: 'good' },
  updated: { sign: '▶', word: 'issued, updated', tone: 'good' },
  ended: { sign: '◼', word: 'ended', tone: 'plain' },
  cancelled: { sign: '✕', word: 'cancelled', tone: 'plain' },
  lapsed: { sign: '◌', word: 'lapsed', tone: 'bad' },
};

export const SOURCE_STATE: Record<Source['state'], Look> = {
  healthy: { sign: '✓', word: 'healthy', tone: 'good' },
  late: { sign: '◔', word: 'late', tone: 'wait' },
  silent: { sign: '?', word: 'unknown: silent', tone: 'unknown' },
  refused: { sign: '?', word: 'unknown: refused', tone: 'unknown' },
  failing: { sign: '?', word: 'unknown: failing', tone: 'unknown' },
  unknown: { sign: '?', word: 'unknown', tone: 'unknown' },
};

export const DESTINATION: Record<Destination['state'], Look> = {
  ready: { sign: '✓', word: 'no fault known', tone: 'plain' },
  dead: { sign: '✕', word: 'does not answer', tone: 'bad' },
  dropped: { sign: '–', word: 'dropped, not sent there', tone: 'bad' },
};

export const DELIVERY: Record<ChannelStatus['state'], Look> = {
  queued: { sign: '◔', word: 'queued', tone: 'wait' },
  sent: { sign: '✓', word: 'sent', tone: 'good' },
  failed: { sign: '✕', word: 'failed', tone: 'bad' },
  dropped: { sign: '–', word: 'dropped', tone: 'bad' },
  held: { sign: '‖', word: 'held', tone: 'bad' },
};

export const READ_BACK: Record<ChannelStatus['read_back'], Look> = {
  pending: { sign: '◔', word: 'not looked yet', tone: 'wait' },
  matches: { sign: '✓', word: 'matches what was approved', tone: 'good' },
  late: { sign: '◔', word: 'late', tone: 'bad' },
  absent: { sign: '✕', word: 'absent', tone: 'bad' },
  different: { sign: '≠', word: 'different from what was approved', tone: 'bad' },
  unverified: { sign: '?', word: 'cannot be verified', tone: 'unknown' },
};

const STRANGE: Look = { sign: '?', word: 'unknown', tone: 'unknown' };

/** A state this console does not know is shown as unknown with its own name, never as good. */
export function look<K extends string>(table: Record<K, Look>, state: K): Look {
  return table[state] ?? { ...STRANGE, word: `unknown: ${state}` };
}

/** Whether the way out of a warning is shown: also after its expiry, as long as it may still be seen. */
export function showsRetraction(warning: Pick<Warning, 'state' | 'standing' | 'can'>): boolean {
  const standing = warning.standing ?? warning.state;
  return standing === 'issued' || standing === 'updated' || warning.can.retract === true;
}

/** A source whose silence must not be read as calm. */
export function isBlind(source: Source): boolean {
  return source.state !== 'healthy' && source.state !== 'late';
}

/** Undecided first, then by the nearest deadline, then by level, then by age. */
export function byUrgency(a: IncidentSummary, b: IncidentSummary): number {
  const deadline = (i: IncidentSummary) => (i.deadline ? Date.parse(i.deadline) : Infinity);
  return (
    compare(deadline(a), deadline(b)) ||
    (LEVELS[b.level]?.rank ?? 0) - (LEVELS[a.level]?.rank ?? 0) ||
    compare(Date.parse(a.first_signal_at), Date.parse(b.first_signal_at))
  );
}

const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** People in an area as a range; an unknown number is said, never shown as zero. */
export function exposureWords(exposure: IncidentSummary['exposure']): string {
  if (exposure.kind !== 'range') return 'people: unknown';
  const { min, max, places } = exposure;
  const number = (n: number) => n.toLocaleString('en-GB');
  const range = min === max ? `about ${number(min)}` : `${number(min)} to ${number(max)}`;
  return `${range} people in ${places} ${places === 1 ? 'place' : 'places'}`;
}
