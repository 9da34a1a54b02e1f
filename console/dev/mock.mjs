#!/usr/bin/env node
// A development server that speaks the console's HTTP API from invented data and serves `dist/`.
//   node dev/mock.mjs [--port 8099] [--quick]      [--clock-apart SECONDS]      (logins: author, approver; password: 1234)
// It is never part of the product. `demo` as first word prints sign-in lines as the program does.
import { createServer } from 'node:http';
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alertsOfOthers, incidents, RIVER_START, series, sources } from './data.mjs';
import { check } from './check.mjs';
import { command, Refused, view } from './commands.mjs';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.md': 'text/plain; charset=utf-8' };
const CSP = "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PEOPLE = {
  author: { account: 'op-7f3a', login: 'author', password: '1234', roles: ['author', 'officer'] },
  approver: { account: 'op-c201', login: 'approver', password: '1234', roles: ['approver', 'officer'] },
};

const flag = (name, otherwise) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : otherwise);
const started = Date.now();
const sessions = new Map();
const streams = new Set();
let seq = 0;
const world = {
  incidents: incidents(), sources: sources(), alerts: alertsOfOthers(), warnings: 0, clock_apart: flag('--clock-apart', null),
  now: (plusMinutes = 0) => new Date(RIVER_START + (Date.now() - started) + plusMinutes * 60_000).toISOString(),
  deliver(w) {
    const data = flag('--data', null);
    if (data) appendFileSync(join(data, 'sink.log'), `${JSON.stringify({ identifier: w.identifier, msg_type: w.state === 'cancelled' ? 'Cancel' : w.msg_type })}\n`);
    const steps = [['sent', 'taken by the outlet', 'pending'], ['sent', 'taken by the outlet', 'matches']];
    steps.forEach(([state, words, read_back], i) => setTimeout(() => {
      for (const c of w.channels) Object.assign(c, { state, words, read_back: c.kind === 'webhook' && read_back === 'matches' ? 'unverified' : read_back, at: world.now() });
      tell('delivery', { incident: w.incident, warning: w.id });
    }, 1500 * (i + 1)));
  },
};

function tell(kind, fields) {
  seq += 1;
  const text = `id: ${seq}\nevent: change\ndata: ${JSON.stringify({ seq, kind, at: world.now(), ...fields })}\n\n`;
  for (const stream of streams) stream.write(text);
}

function sessionOf(who, host) {
  const base = { mode: 'exercise', exercise_id: 'EX-2017-HARVEY', recording: 'Houston gauges, August 2017', river_time: world.now(), clock_apart: world.clock_apart && { seconds: Number(world.clock_apart), phrase: world.now().slice(0, 16).replace('T', ' ') }, version: '0.1.0', host_role: host?.split('.')[0] in PEOPLE ? host.split('.')[0] : null };
  return who ? { ...base, signed_in: true, account: who.account, login: who.login, roles: who.roles, csrf: 'mock-csrf' } : { ...base, signed_in: false };
}

const summary = (i) => {
  const { members, links, levels, story, ...rest } = i;
  return { ...rest, age_seconds: Math.round((Date.parse(world.now()) - Date.parse(i.first_signal_at)) / 1000), warnings: i.warnings.map(({ id, state }) => ({ id, state })) };
};
const detail = (i, who) => ({ ...i, ...summary(i), members: i.members, warnings: i.warnings.map((w) => view(w, who)) });

function route(method, url, body, who, request) {
  const [, , , kind, id, verb] = url.pathname.split('/').map(decodeURIComponent);
  if (kind === 'session' && method === 'GET') return sessionOf(who, request.headers.host);
  if (kind === 'session' && method === 'POST') return signIn(id === 'token' ? PEOPLE[body.token] : PEOPLE[body.login]?.password === body.password && PEOPLE[body.login], request, id);
  if (!who) throw new Refused(401, 'signed_out', 'you are not signed in', 'sign in again');
  if (method !== 'GET' && request.headers['x-csrf-token'] !== 'mock-csrf') throw new Refused(403, 'csrf', 'the request did not come from this console', 'load the page again');
  if (kind === 'session') return sessions.delete(sid(request)), {};
  if (kind === 'check') return check(body);
  if (kind === 'clock') return confirmTime(body, who);
  if (kind === 'alerts') return alerts(method, url, body, id, who);
  if (kind === 'sources') return { sources: world.sources };
  if (kind === 'series') return series(url.searchParams.get('key'), Number(url.searchParams.get('hours')));
  if (kind === 'incidents' && !id) return { incidents: world.incidents.map(summary), river_time: world.now() };
  const warning = kind === 'warnings' && world.incidents.flatMap((i) => i.warnings).find((w) => w.id === id);
  const incident = world.incidents.find((i) => i.id === (warning ? warning.incident : id));
  if (!incident) throw new Refused(404, 'not_found', `there is no ${id}`, 'go back to the list');
  if (method === 'GET') return detail(incident, who);
  const answer = command(world, who, warning || incident, verb, body);
  tell(verb, { incident: incident.id, warning: warning?.id });
  return answer.draft ? view(answer, who) : answer;
}

function confirmTime({ typed }) {
  const wanted = world.now().slice(0, 16).replace('T', ' ');
  if (typed !== wanted) throw new Refused(422, 'time', 'what was typed is not river time', `compare with a second clock; if it is right, type ${wanted} (UTC)`);
  world.clock_apart = null;
  return { clock_apart: null };
}

function alerts(method, url, body, verb, who) {
  if (verb === 'original') return '<alert>…</alert>';
  if (method === 'GET') {
    const rows = world.alerts.filter((a) => a.state === (url.searchParams.get('state') ?? 'held'));
    return { alerts: rows, total: rows.length, river_time: world.now() };
  }
  const alert = world.alerts.find((a) => a.identifier === body.identifier);
  if (alert?.state !== 'held') throw new Refused(409, 'not_held', 'this alert is not held', 'nothing is to be done');
  Object.assign(alert, { state: body.admit ? 'admitted' : 'no_effect', why: body.reason, judged: { by: who.account, at: world.now(), admit: body.admit, reason: body.reason } });
  tell('alert_released', { source: alert.source });
  return { incident: null };
}

function signIn(person, request, by) {
  if (!person) throw new Refused(401, by === 'token' ? 'token_used' : 'wrong_login', by === 'token' ? 'this one-time sign-in was used or is too old' : 'login or password is not right', by === 'token' ? 'sign in with login and password' : 'type both again');
  const id = Math.random().toString(36).slice(2);
  sessions.set(id, person);
  request.setCookie = `sid=${id}; HttpOnly; SameSite=Strict; Path=/`;
  return sessionOf(person, request.headers.host);
}

const sid = (request) => /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1];

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const who = sessions.get(sid(request));
  if (url.pathname === '/api/v1/events') return openStream(request, response, who);
  if (url.pathname === '/feed/atom.xml') return response.writeHead(200, { 'Content-Type': 'application/atom+xml' }).end(feed());
  if (!url.pathname.startsWith('/api/')) return sendFile(url.pathname, response);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString();
  const send = (status, value) => response.writeHead(status, { 'Content-Type': 'application/json', ...(request.setCookie ? { 'Set-Cookie': request.setCookie } : {}) }).end(JSON.stringify(value));
  try {
    send(200, route(request.method, url, url.pathname.endsWith('/check') ? bytes : text ? JSON.parse(text) : {}, who, request));
  } catch (error) {
    if (!(error instanceof Refused)) console.error(error);
    send(error.status ?? 500, { error: { code: error.code ?? 'fault', message: error.message, mend: error.mend ?? '' } });
  }
}

function openStream(request, response, who) {
  if (!who) return response.writeHead(401).end();
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).write(': open\n\n');
  streams.add(response);
  request.on('close', () => streams.delete(response));
}

async function sendFile(path, response) {
  const known = extname(path) ? path : '/index.html';
  try {
    const bytes = await readFile(join(DIST, normalize(known)));
    response.writeHead(200, { 'Content-Type': TYPES[extname(known)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP }).end(bytes);
  } catch {
    response.writeHead(404).end('not found; run `npm run build` first\n');
  }
}

const feed = () => `<feed xmlns="http://www.w3.org/2005/Atom">${world.incidents.flatMap((i) => i.warnings).filter((w) => w.sent).map((w) => `<entry><id>${w.identifier}</id><title>${w.draft.languages[0].headline}</title></entry>`).join('')}</feed>`;

const server = createServer((request, response) => void answer(request, response));
server.listen(Number(flag('--port', process.argv.includes('demo') ? 0 : 8099)), '127.0.0.1', () => {
  const { port } = server.address();
  for (const { login, password } of Object.values(PEOPLE)) console.log(`${login}  http://${login}.localhost:${port}/sign-in?token=${login}  password ${password}`);
});
