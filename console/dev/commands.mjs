// The development server's stand-in for the program's decisions: enough rules to try every page.
import { createHash } from 'node:crypto';

const digestOf = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

export class Refused extends Error {
  constructor(status, code, message, mend) {
    super(message);
    Object.assign(this, { status, code, mend });
  }
}

const AVAILABLE = [
  { channel: 'public-feed', kind: 'cap-feed' },
  { channel: 'county-hook', kind: 'webhook' },
];

/** Carries `verb` out on `world` for `who`, or throws. */
export function command(world, who, target, verb, body) {
  const at = world.now();
  const note = (incident, words) => incident.story.push({ at, words });
  if ('members' in target) return onIncident(world, who, target, verb, body, at, note);
  const incident = world.incidents.find((i) => i.id === target.incident);
  onWarning(world, who, target, verb, body, at, (words) => {
    target.history.push({ at, words });
    note(incident, words);
  });
  target.version += 1;
  incident.version += 1;
  return target;
}

function onIncident(world, who, incident, verb, body, at, note) {
  if (body.version !== incident.version) throw moved();
  incident.version += 1;
  if (verb === 'accept') Object.assign(incident, { status: 'accepted', deadline: null }), note(incident, `${who.account} accepted the incident`);
  else if (verb === 'decline') Object.assign(incident, { status: 'declined', deadline: null }), note(incident, `${who.account} declined: ${body.reason}; to be reviewed at ${body.review_at}`);
  else if (verb === 'close') (incident.status = 'closed'), note(incident, `${who.account} closed: ${body.reason}`);
  else if (verb === 'link') incident.links.push({ incident: body.other, kind: body.kind, why: body.why }), note(incident, `${who.account} linked ${body.other} (${body.kind}): ${body.why}`);
  else if (verb === 'merge') {
    const other = world.incidents.find((i) => i.id === body.other);
    incident.members.push(...other.members);
    Object.assign(other, { status: 'closed', members: [] });
    note(incident, `${who.account} merged ${body.other} into this`);
  } else if (verb === 'split') incident.members = incident.members.filter((m) => !body.members.includes(m.id)), note(incident, `${who.account} split off ${body.members.length} members`);
  else if (verb === 'warnings') {
    const warning = newWarning(world, who, incident);
    incident.warnings.push(warning);
    note(incident, `${who.account} began warning ${warning.id}`);
    return warning;
  }
  return { incident: incident.id };
}

function onWarning(world, who, w, verb, body, at, note) {
  if (body.version !== w.version) throw moved();
  const need = (state) => {
    if (w.state !== state) throw new Refused(409, 'wrong_state', `the warning is ${w.state}, not ${state}`, 'look at it again');
  };
  if (verb === 'draft') (w.state = 'draft'), (w.draft = body.draft), !w.contributors.includes(who.account) && w.contributors.push(who.account);
  else if (verb === 'submit') need('draft'), fix(world, w), (w.state = 'submitted'), note(`${who.account} submitted the warning, digest ${w.digest.slice(0, 16)}`);
  else if (verb === 'send-back') need('submitted'), (w.state = 'draft'), note(`${who.account} sent it back: ${body.reason}`);
  else if (verb === 'approve') {
    need('submitted');
    if (w.contributors.includes(who.account)) throw new Refused(403, 'own_approval', 'the approval of a warning by one who wrote it', 'ask another person with the role approver');
    if (body.password !== who.password) throw new Refused(403, 'wrong_password', 'the password is not right', 'type your own password again');
    w.approval = { account: who.account, role: 'approver', digest: w.digest, at, expires_at: world.now(60) };
    w.state = 'approved';
    note(`${who.account} approved digest ${w.digest.slice(0, 16)} as approver`);
  } else if (verb === 'issue') {
    need('approved');
    if (body.confirm !== w.confirm.issue) throw new Refused(422, 'confirmation', `the typed words are not "${w.confirm.issue}"`, 'type them exactly');
    w.state = w.standing = w.standing === 'issued' || w.standing === 'updated' ? 'updated' : 'issued';
    w.sent = at;
    w.expires = world.now(w.draft.expires_after_minutes);
    w.channels = w.draft.channels.map((channel) => ({ channel, kind: AVAILABLE.find((a) => a.channel === channel)?.kind ?? 'webhook', state: 'queued', words: 'in the queue', read_back: 'pending', at }));
    note(`${who.account} issued the warning in exercise mode`);
    world.deliver(w);
  } else if (verb === 'update') {
    if (w.state !== 'updated') need('issued');
    Object.assign(w, { state: 'draft', msg_type: 'Update', contributors: [who.account] });
    note(`${who.account} began an update`);
  } else if (verb === 'retract') {
    if (!inForce(w)) need('issued');
    if (body.confirm !== w.confirm[body.form]) throw new Refused(422, 'confirmation', `the typed words are not "${w.confirm[body.form]}"`, 'type them exactly');
    w.state = w.standing = body.form === 'cancel' ? 'cancelled' : 'ended';
    note(`${who.account} ${body.form === 'cancel' ? 'cancelled it as an error' : 'sent the all clear'}: ${body.reason}`);
    for (const channel of w.channels) Object.assign(channel, { words: 'the retraction is in the queue', read_back: 'pending' });
    world.deliver(w);
  }
}

function newWarning(world, who, incident) {
  world.warnings += 1;
  const flood = incident.hazard === 'river-flood';
  const area_words = incident.area_words;
  return {
    id: `wa-${String(world.warnings).padStart(4, '0')}`, incident: incident.id, version: 1, state: 'draft', standing: 'unissued', msg_type: 'Alert', author: who.account, contributors: [who.account],
    channels: [], channels_available: AVAILABLE, renderings: [], findings: [], history: [{ at: world.now(), words: `${who.account} began the draft from the template ${incident.hazard}` }],
    confirm: { issue: 'exercise only', cancel: 'exercise only', all_clear: 'exercise only' },
    draft: {
      languages: [
        { language: 'en-US', event: incident.hazard_title, headline: flood ? 'River flood: go to higher ground now' : incident.title, description: `${incident.title}. Observed at 4:03 a.m.: 28.7 ft, major flood stage is 28 ft. The water is still rising.`, instruction: 'Leave low places near the river now. Go to upper floors or higher ground. Do not drive through water. Stay until the all clear.', cancel: 'The warning was sent in error. There is no danger.', all_clear: 'The danger is over.' },
        { language: 'es-US', event: flood ? 'Inundación fluvial' : incident.hazard_title, headline: flood ? 'Inundación: vaya ahora a un lugar alto' : incident.title, description: 'Medido a las 4:03: 28.7 pies; la etapa mayor es de 28 pies. El agua sigue subiendo.', instruction: 'Salga ahora de los lugares bajos junto al río. Vaya a pisos altos. No conduzca por el agua.', cancel: 'El aviso fue un error.', all_clear: 'El peligro ha pasado.' },
      ],
      rings: true, urgency: 'Immediate', severity: 'Severe', certainty: 'Observed', area: { kind: 'shapes', geometry: null }, area_words,
      expires_after_minutes: 360, channels: AVAILABLE.map((a) => a.channel), web: 'https://alerts.example/houston', contact: null,
    },
  };
}

/** The identifier and the digest are fixed at submission. */
function fix(world, w) {
  w.identifier = `exercise.example,2017-08-27,${w.id}`;
  w.renderings = renderings(w);
  w.digest = digestOf([w.draft, w.renderings]);
}

export function renderings(w) {
  if (!w.draft) return [];
  const [en, es] = w.draft.languages;
  const make = (channel, form, text) => ({ channel, form, text, digest: digestOf(text) });
  const xml = (l) => `  <info>\n    <language>${l.language}</language>\n    <event>${l.event}</event>\n    <urgency>${w.draft.urgency}</urgency>\n    <severity>${w.draft.severity}</severity>\n    <headline>EXERCISE: ${l.headline} (EXERCISE)</headline>\n    <description>${l.description}</description>\n    <instruction>${l.instruction}</instruction>\n  </info>`;
  return w.draft.channels.flatMap((channel) => [
    make(channel, 'cap', `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">\n  <identifier>${w.identifier ?? '(fixed at submission)'}</identifier>\n  <status>Exercise</status>\n${xml(en)}\n${xml(es)}\n</alert>`),
    ...(channel === 'county-hook' ? [make(channel, 'short text', `EXERCISE ${en.headline}. ${w.draft.area_words}. EXERCISE`)] : []),
  ]);
}

const inForce = (w) => w.standing === 'issued' || w.standing === 'updated';

/** What the person looking may do, and why not. */
export function view(w, who) {
  const own = w.contributors.includes(who.account);
  const has = (role) => who.roles.includes(role);
  const can = {
    edit: ['draft', 'submitted', 'approved'].includes(w.state) && has('author'), submit: w.state === 'draft' && has('author') && !findings(w).some((f) => f.severity === 'error'),
    approve: w.state === 'submitted' && has('approver') && !own, send_back: w.state === 'submitted' && has('approver'), issue: w.state === 'approved', update: w.state === 'issued' || w.state === 'updated', retract: inForce(w),
  };
  const why_not = {};
  if (w.state === 'submitted' && own) why_not.approve = 'you wrote part of it; a warning is approved by somebody else';
  else if (w.state === 'submitted' && !has('approver')) why_not.approve = 'it takes the role approver';
  if (w.state === 'draft' && !has('author')) why_not.edit = 'it takes the role author';
  return {
    ...w, can, why_not, findings: w.state === 'draft' ? findings(w) : [], renderings: w.state === 'draft' ? renderings(w) : w.renderings,
    retraction: { cancel: { text: `EXERCISE. The warning for ${w.draft.area_words} was sent in error. There is no danger. EXERCISE` }, all_clear: { text: `EXERCISE. The danger in ${w.draft.area_words} is over. EXERCISE` } },
  };
}

function findings(w) {
  const found = [];
  w.draft.languages.forEach((l, i) => {
    if (!l.headline.trim()) found.push({ severity: 'error', path: `/languages[${i + 1}]/headline`, message: `the headline in ${l.language} is empty` });
    if (l.headline.length > 160) found.push({ severity: 'warning', path: `/languages[${i + 1}]/headline`, message: `the headline in ${l.language} has ${l.headline.length} characters; 160 is the advice of CAP` });
    if (!/\d|until|hasta/i.test(l.instruction)) found.push({ severity: 'info', path: `/languages[${i + 1}]/instruction`, message: `the instruction in ${l.language} does not say until when` });
  });
  if (w.draft.area.kind === 'shapes' && !w.draft.area.geometry) found.push({ severity: 'error', path: '/area', message: 'the area is empty: say where the warning holds' });
  if (!w.draft.channels.length) found.push({ severity: 'error', path: '/channels', message: 'no channel is chosen: the warning would reach nobody' });
  return found;
}

const moved = () => new Refused(409, 'moved_on', 'somebody else changed this since you saw it', 'look at it again, then repeat');
