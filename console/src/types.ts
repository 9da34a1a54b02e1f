// The shapes of the HTTP API, as `crates/serve` writes them. Times are RFC 3339 text, digests hex.
import type { FeatureCollection, Geometry } from 'geojson';

export type Role = 'author' | 'approver' | 'officer' | 'admin';
export type Mode = 'exercise' | 'test' | 'live';
export type LevelName = 'none' | 'minor' | 'moderate' | 'severe' | 'extreme';

export interface Session {
  signed_in: boolean;
  account?: string;
  login?: string;
  roles?: Role[];
  csrf?: string;
  mode: Mode;
  exercise_id?: string | null;
  recording?: string | null;
  river_time: string;
  /** How far river time and the machine's clock are apart, while no officer has confirmed the time. */
  clock_apart?: { seconds: number; phrase: string } | null;
  version: string;
  host_role?: string | null;
}

/** Another issuer's alert that waits for an officer, or that had no effect. */
export interface OtherAlert {
  sender: string;
  identifier: string;
  sent: string;
  source: string;
  item: string;
  received_at: string;
  zone: string;
  status: string;
  msg_type: string;
  state: 'held' | 'no_effect';
  why: string;
  infos: { language: string; event: string; headline: string; urgency: string; severity: string; certainty: string; expires?: string | null; area_words: string }[];
  references: string[];
  findings: string[];
  judged?: { by: string; at: string; admit: boolean; reason: string } | null;
  can: { admit?: boolean; put_aside?: boolean };
  why_not: { admit?: string; put_aside?: string };
}

export type Exposure = { kind: 'unknown' } | { kind: 'range'; min: number; max: number; places: number };

export interface IncidentSummary {
  id: string;
  title: string;
  hazard: string;
  hazard_title: string;
  level: LevelName;
  level_word: string;
  level_sign: string;
  colour?: string;
  status: 'open' | 'accepted' | 'declined' | 'closed';
  late: boolean;
  unknown: boolean;
  first_signal_at: string;
  age_seconds: number;
  deadline?: string | null;
  escalations: number;
  zone: string;
  center?: { lat: number; lon: number } | null;
  area: Geometry | null;
  area_words: string;
  exposure: Exposure;
  version: number;
  warnings: { id: string; state: WarningState }[];
}

export interface Member {
  id: string;
  kind: 'signal' | 'event' | 'alert' | 'silence';
  title: string;
  source: string;
  rule?: string | null;
  rule_version?: string | number | null;
  at: string;
  observed?: number | null;
  expected?: number | null;
  threshold?: number | null;
  score?: number | null;
  unit?: string | null;
  series?: string | null;
  area?: Geometry | null;
  level: LevelName;
  superseded: boolean;
}

export type LinkKind = 'related' | 'cause' | 'cascade';

export interface StoryLine {
  at: string;
  words: string;
}

export interface Incident extends Omit<IncidentSummary, 'warnings'> {
  members: Member[];
  links: { incident: string; kind: LinkKind; why: string }[];
  levels: { area_words: string; level: LevelName; likelihood: string | number; impact: string | number }[];
  story: StoryLine[];
  warnings: Warning[];
  /** The incident that this one was merged into. */
  merged_into?: string | null;
}

export type WarningState = 'draft' | 'submitted' | 'approved' | 'issued' | 'updated' | 'ended' | 'cancelled' | 'lapsed';

export type Area =
  | { kind: 'shapes'; geometry: Geometry | null }
  | { kind: 'whole_jurisdiction' }
  | { kind: 'unresolved'; why: string };

export interface DraftLanguage {
  language: string;
  event: string;
  headline: string;
  description: string;
  instruction: string;
  /** The retraction's words, in both forms. */
  all_clear?: string;
  cancel?: string;
}

export interface Draft {
  languages: DraftLanguage[];
  urgency: string;
  severity: string;
  certainty: string;
  area: Area;
  area_words: string;
  expires_after_minutes: number;
  channels: string[];
  /** Whether an update rings again on devices. */
  rings?: boolean;
  web?: string | null;
  contact?: string | null;
}

/** A channel that what is submitted or approved goes to. */
export interface Destination {
  channel: string;
  kind: string;
  state: 'ready' | 'dead' | 'dropped';
  /** The last that was heard of one that does not answer. */
  alarm?: string | null;
  can_drop: boolean;
  why_not_drop?: string | null;
}

export interface ChannelStatus {
  channel: string;
  kind: string;
  state: 'queued' | 'sent' | 'failed' | 'dropped' | 'held';
  words: string;
  read_back: 'pending' | 'matches' | 'late' | 'absent' | 'different' | 'unverified';
  at?: string | null;
}

export interface Finding {
  severity: 'error' | 'warning' | 'info';
  path: string;
  message: string;
  /** Of what was read as text: the rule, and the place from 1, columns in characters; 0 for no place. */
  rule?: string;
  line?: number;
  column?: number;
}

/** What a document holds and what is wrong with it, as `beaconfire check` finds it. */
export interface Checked {
  document: 'alert' | 'atom' | 'rss' | 'edxl-de' | 'list' | 'json' | 'json-list' | 'geojson' | 'nws-geojson' | null;
  messages: CheckedMessage[];
  rejected: RejectedMessage[];
  /** Feed entries that only point elsewhere. */
  entries: number;
  /** Messages over the limit. */
  dropped: number;
  error: { words: string; line: number | null; column: number | null } | null;
}

export interface RejectedMessage {
  index: number;
  line: number;
  column: number;
  message: string;
}

/** `index` is its place in the document, from 0; rejected ones count. */
export interface CheckedMessage {
  index: number;
  identifier: string;
  version: string;
  strict: boolean;
  usable: boolean;
  /** By the id of each profile that it claims or that was asked for. */
  conforms: Record<string, boolean>;
  /** Those of a profile bear its id in their rule, as in `ipaws:expires`. */
  findings: Finding[];
  signature: { verdict: 'none' | 'verified' | 'unverifiable' | 'broken' | 'whitespace'; reason: string; anchored: boolean; flags: string[]; certificate: string | null };
  sender: string;
  sent: string;
  status: string;
  msg_type: string;
  scope: string;
  infos: CheckedInfo[];
  /** One feature a shape; `info` and `area` count from 1, as in paths. */
  geojson: FeatureCollection<Geometry, { info: number; area: number; shape: 'polygon' | 'circle' }>;
}

export interface CheckedInfo {
  language: string | null;
  event: string;
  headline: string | null;
  urgency: string;
  severity: string;
  certainty: string;
  effective: string | null;
  onset: string | null;
  expires: string | null;
  sender_name: string | null;
  areas: { description: string; geocodes: { name: string; value: string }[]; unresolved: string | null }[];
}

export interface Rendering {
  channel: string;
  form: string;
  text: string;
  digest: string;
}

export type Command = 'edit' | 'submit' | 'approve' | 'send_back' | 'issue' | 'update' | 'retract';

export interface Retraction {
  cancel: { text: string };
  all_clear: { text: string };
}

export interface Warning {
  id: string;
  incident: string;
  version: number;
  state: WarningState;
  /** What the public has, also while an update is being written. */
  standing?: 'unissued' | 'issued' | 'updated' | 'ended' | 'cancelled' | 'lapsed';
  msg_type: string;
  author: string;
  contributors: string[];
  draft?: Draft | null;
  digest?: string | null;
  approval?: { account: string; role: string; digest: string; at: string; expires_at: string } | null;
  /** Of what is in hand once it is submitted, else of the last message. */
  identifier?: string | null;
  /** Of the last message, as `sent` and `expires` are. */
  sent_identifier?: string | null;
  sent?: string | null;
  expires?: string | null;
  infos?: unknown[] | null;
  destinations?: Destination[];
  channels: ChannelStatus[];
  /** Every channel that may be chosen; where the server does not say, the known ones are offered. */
  channels_available?: { channel: string; kind: string }[] | null;
  renderings: Rendering[];
  /** Both forms as what is in hand has them, and as a retraction would send them now. */
  retraction?: Retraction | null;
  sent_retraction?: Retraction | null;
  /** Why a draft is one again after it was submitted. */
  returned?: StoryLine | null;
  /** The words to type for each confirmed command. */
  confirm?: { issue?: string; cancel?: string; all_clear?: string } | null;
  findings: Finding[];
  history: StoryLine[];
  can: Partial<Record<Command, boolean>>;
  why_not: Partial<Record<Command, string>>;
}

export interface Source {
  id: string;
  kind: string;
  title: string;
  state: 'healthy' | 'late' | 'silent' | 'refused' | 'failing' | 'unknown';
  words: string;
  last_item_at?: string | null;
  expected_every_s?: number | null;
  items: number;
  findings: StoryLine[];
}

export interface SeriesData {
  series: string;
  unit?: string | null;
  points: [number, number | null][];
  thresholds: { name: string; value: number }[];
}

export interface Change {
  seq: number;
  kind: string;
  incident?: string | null;
  warning?: string | null;
  source?: string | null;
  at: string;
}
