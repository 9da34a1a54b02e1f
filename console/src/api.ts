// The one place that talks to the server. Every refusal becomes a `Refusal` with the server's own words.
import type { Checked, Draft, Incident, IncidentSummary, LinkKind, OtherAlert, SeriesData, Session, Source, Warning } from './types';

/** The server's answer when it does not do what was asked. `status` 0: no answer at all. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly mend: string,
  ) {
    super(message);
  }
}

const BASE = '/api/v1';
const PATIENCE_MS = 20_000;
/** The longest document that the server checks. */
export const MAX_CHECK_BYTES = 8 * 2 ** 20;
let csrf = '';

/** Called with every refusal, so that a lost session is noticed wherever it happens. */
export const onRefusal: { call: (refusal: Refusal) => void } = { call: () => {} };

export const api = {
  session: () => keepCsrf(get<Session>('/session')),
  signIn: (login: string, password: string) => keepCsrf(send<Session>('POST', '/session', { login, password })),
  setUp: (account: { token: string; login: string; name: string; password: string; roles: string[] }) => keepCsrf(send<Session>('POST', '/session/set-up', account)),
  signInByToken: (token: string) => keepCsrf(send<Session>('POST', '/session/token', { token })),
  signOut: () => send<unknown>('DELETE', '/session'),

  incidents: () => get<{ incidents: IncidentSummary[]; river_time: string }>('/incidents'),
  incident: (id: string) => get<Incident>(`/incidents/${part(id)}`),
  sources: () => get<{ sources: Source[] }>('/sources'),
  series: (source: string, key: string, hours: number) =>
    get<SeriesData>(`/series?source=${part(source)}&key=${part(key)}&hours=${hours}`),

  /** The session as it is now, for what is shown of it; the secret stays as it was given at sign-in. */
  look: () => get<Session>('/session'),
  confirmTime: (typed: string) => send<unknown>('POST', '/clock/confirm', { typed }),

  alerts: (state: OtherAlert['state']) => get<{ alerts: OtherAlert[]; total: number }>(`/alerts?state=${state}`),
  originalAlert: (item: string) => getText(`/alerts/original?item=${part(item)}`),
  releaseAlert: ({ sender, identifier, sent }: OtherAlert, admit: boolean, reason: string) =>
    send<{ incident: string | null }>('POST', '/alerts/release', { sender, identifier, sent, admit, reason }),

  /** Asks what is wrong with a message or feed, also by these profiles; nothing is kept of it. */
  check: async (document: Blob, profiles: string[]) =>
    parse(await ask('POST', `/check${profiles.length ? `?profile=${part(profiles.join(','))}` : ''}`, document)) as Checked,

  accept: (at: At) => onIncident(at, 'accept', {}),
  decline: (at: At, reason: string, review_at: string) => onIncident(at, 'decline', { reason, review_at }),
  close: (at: At, reason: string) => onIncident(at, 'close', { reason }),
  merge: (at: At, other: string) => onIncident(at, 'merge', { other }),
  split: (at: At, members: string[]) => onIncident(at, 'split', { members }),
  link: (at: At, other: string, kind: LinkKind, why: string) => onIncident(at, 'link', { other, kind, why }),
  newWarning: (at: At) => onIncident<Warning>(at, 'warnings', {}),

  saveDraft: (at: At, draft: Draft) =>
    send<Warning>('PUT', `/warnings/${part(at.id)}/draft`, { version: at.version, draft }),
  submit: (at: At) => onWarning(at, 'submit', {}),
  approve: (at: At, digest: string, password: string) => onWarning(at, 'approve', { digest, password }),
  sendBack: (at: At, reason: string) => onWarning(at, 'send-back', { reason }),
  dropChannel: (at: At, channel: string) => onWarning(at, 'drop-channel', { channel }),
  issue: (at: At, confirm: string) => onWarning(at, 'issue', { confirm }),
  update: (at: At) => onWarning(at, 'update', {}),
  retract: (at: At, form: 'cancel' | 'all_clear', reason: string, confirm: string) =>
    onWarning(at, 'retract', { form, reason, confirm }),
};

/** What a command acts on, and the version the operator saw: the server refuses what has moved on since. */
export interface At {
  id: string;
  version: number;
}

function onIncident<T = { incident: string }>(at: At, verb: string, body: object): Promise<T> {
  return send<T>('POST', `/incidents/${part(at.id)}/${verb}`, { version: at.version, ...body });
}

function onWarning(at: At, verb: string, body: object): Promise<unknown> {
  return send<unknown>('POST', `/warnings/${part(at.id)}/${verb}`, { version: at.version, ...body });
}

const get = <T>(path: string) => send<T>('GET', path);

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  return parse(await ask(method, path, body)) as T;
}

const getText = (path: string) => ask('GET', path);

async function ask(method: string, path: string, body?: object | Blob): Promise<string> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (body) headers['Content-Type'] = body instanceof Blob ? body.type : 'application/json';
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      body: body instanceof Blob ? body : body && JSON.stringify(body),
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw refused(new Refusal(0, 'no_answer', 'the server did not answer', 'nothing is known to have been done; look again before you repeat it'));
  }
  const text = await response.text();
  if (response.ok) return text;
  throw refused(readRefusal(response.status, parse(text)));
}

function readRefusal(status: number, answer: unknown): Refusal {
  const error = (answer as { error?: { code?: string; message?: string; mend?: string } } | null)?.error;
  return new Refusal(status, error?.code ?? `http_${status}`, error?.message ?? `the server answered ${status}`, error?.mend ?? '');
}

function refused(refusal: Refusal): Refusal {
  onRefusal.call(refusal);
  return refusal;
}

async function keepCsrf(answer: Promise<Session>): Promise<Session> {
  const session = await answer;
  csrf = session.csrf ?? '';
  return session;
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const part = encodeURIComponent;
