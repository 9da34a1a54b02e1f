// Invented, realistic state for the development server: five incidents, eight sources, one river.
export const RIVER_START = Date.parse('2017-08-27T09:12:00Z');
const before = (minutes) => new Date(RIVER_START - minutes * 60_000).toISOString();
const after = (minutes) => before(-minutes);

const LEVELS = {
  none: ['below warning', '○', '#5c6878'],
  minor: ['minor', '●', '#f0c419'],
  moderate: ['moderate', '▲', '#f58b1f'],
  severe: ['severe', '◆', '#cc2f2f'],
  extreme: ['extreme', '■', '#7b2fa8'],
};

const box = (w, s, e, n) => ({ type: 'Polygon', coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] });
const ring = (lon, lat, radius) => ({
  type: 'Polygon',
  coordinates: [Array.from({ length: 37 }, (_, i) => [lon + radius * Math.cos((i * Math.PI) / 18), lat + 0.85 * radius * Math.sin((i * Math.PI) / 18)])],
});

const bayou = {
  type: 'Polygon',
  coordinates: [[[-95.75, 29.7], [-95.6, 29.82], [-95.45, 29.83], [-95.3, 29.8], [-95.2, 29.76], [-95.25, 29.7], [-95.42, 29.72], [-95.58, 29.73], [-95.75, 29.7]]],
};

function incident(id, level, fields) {
  const [level_word, level_sign, colour] = LEVELS[level];
  return {
    id, level, level_word, level_sign, colour, status: 'open', late: false, unknown: false, escalations: 0, version: 1,
    deadline: null, center: null, area: null, links: [], levels: [], story: [], warnings: [], members: [], exposure: { kind: 'unknown' },
    ...fields,
  };
}

const signal = (id, title, source, fields) => ({ id, kind: 'signal', title, source, superseded: false, level: 'minor', area: null, ...fields });

export const incidents = () => [
  incident('in-0007', 'severe', {
    title: 'Buffalo Bayou at Houston above major flood stage', hazard: 'river-flood', hazard_title: 'River flood',
    first_signal_at: before(47), deadline: after(6), escalations: 1, zone: 'America/Chicago', center: { lat: 29.76, lon: -95.42 }, area: bayou,
    area_words: 'Harris County: Buffalo Bayou from Barker to the ship channel', exposure: { kind: 'range', min: 210000, max: 480000, places: 6 },
    members: [
      signal('sg-101', 'Stage above major flood stage', 'usgs-nwis', { rule: 'gauge-stages', rule_version: 3, at: before(9), observed: 28.74, threshold: 28, score: 1.03, unit: 'ft', series: '08074000:00065', level: 'severe', area: bayou }),
      signal('sg-097', 'Stage rising faster than 1 ft an hour', 'usgs-nwis', { rule: 'gauge-rise', rule_version: 2, at: before(22), observed: 1.62, expected: 0.1, threshold: 1, score: 1.62, unit: 'ft/h', series: '08074000:00065', level: 'moderate', area: bayou }),
      signal('sg-090', 'Stage above flood stage', 'usgs-nwis', { rule: 'gauge-stages', rule_version: 3, at: before(47), observed: 24.11, threshold: 24, score: 1.0, unit: 'ft', series: '08074000:00065', level: 'minor', superseded: true, area: bayou }),
      { id: 'al-014', kind: 'alert', title: 'Flash Flood Warning of Bayou Weather Office', source: 'cap-bayou', at: before(31), level: 'severe', superseded: false, area: box(-95.8, 29.6, -95.1, 29.95) },
    ],
    links: [{ incident: 'in-0005', kind: 'related', why: 'same storm, other basin' }],
    levels: [
      { area_words: 'Buffalo Bayou, Shepherd Drive to downtown', level: 'severe', likelihood: 'observed', impact: 'high' },
      { area_words: 'Barker to Shepherd Drive', level: 'moderate', likelihood: 'likely', impact: 'medium' },
    ],
    story: [
      { at: before(47), words: 'gauge 08074000 read 24.11 ft, above flood stage 24 ft (rule gauge-stages 3); the incident began' },
      { at: before(31), words: 'an alert of Bayou Weather Office (Flash Flood Warning, Severe) joined: same hazard, areas overlap by 0.71' },
      { at: before(9), words: 'gauge 08074000 read 28.74 ft, above major stage 28 ft; the level rose to severe and the decision was asked for again' },
      { at: before(4), words: 'nobody had decided after 5 minutes; the duty of Harris County was called' },
    ],
  }),
  incident('in-0005', 'extreme', {
    title: 'Blanco River at Wimberley: gauge lost while rising', hazard: 'river-flood', hazard_title: 'River flood', late: true, unknown: true,
    first_signal_at: before(128), deadline: before(3), escalations: 2, zone: 'America/Chicago', center: { lat: 29.994, lon: -98.089 }, area: ring(-98.05, 29.98, 0.12),
    area_words: 'Hays County: Blanco River valley below Wimberley', exposure: { kind: 'unknown' },
    members: [
      { id: 'si-004', kind: 'silence', title: 'No reading for 46 minutes; the last was rising above watch level', source: 'usgs-nwis', rule: 'series-lost', rule_version: 1, at: before(35), observed: null, threshold: 26, unit: 'ft', series: '08171000:00065', level: 'extreme', superseded: false, area: ring(-98.05, 29.98, 0.12) },
      signal('sg-081', 'Stage above major flood stage', 'usgs-nwis', { rule: 'gauge-stages', rule_version: 3, at: before(81), observed: 40.21, threshold: 26, score: 1.55, unit: 'ft', series: '08171000:00065', level: 'extreme', area: ring(-98.05, 29.98, 0.12) }),
    ],
    levels: [{ area_words: 'Blanco valley, Wimberley to San Marcos', level: 'extreme', likelihood: 'observed', impact: 'very high' }],
    story: [{ at: before(81), words: 'gauge 08171000 read 40.21 ft, above major stage 26 ft' }, { at: before(35), words: 'gauge 08171000 fell silent while still rising; the clock was started (a lost gauge counts as the worst case)' }],
  }),
  incident('in-0006', 'moderate', {
    title: 'Earthquake M 5.4 near Ridgecrest', hazard: 'earthquake', hazard_title: 'Earthquake', first_signal_at: before(14), deadline: after(46), zone: 'America/Los_Angeles',
    center: { lat: 35.71, lon: -117.5 }, area: ring(-117.5, 35.71, 0.5), area_words: 'Indian Wells Valley, Kern and San Bernardino counties', exposure: { kind: 'range', min: 28000, max: 34000, places: 3 },
    members: [{ id: 'ev-031', kind: 'event', title: 'M 5.4, depth 7 km, 10 km NE of Ridgecrest', source: 'usgs-quakes', rule: 'magnitude', rule_version: 1, at: before(14), observed: 5.4, threshold: 5, unit: 'Mw', level: 'moderate', superseded: false, area: ring(-117.5, 35.71, 0.5) }],
    levels: [{ area_words: 'Indian Wells Valley', level: 'moderate', likelihood: 'observed', impact: 'medium' }],
    story: [{ at: before(14), words: 'the USGS reported an earthquake of magnitude 5.4; three places lie inside' }],
  }),
  incident('in-0004', 'minor', {
    title: 'Salmonella: more cases than expected in Lower Saxony', hazard: 'foodborne', hazard_title: 'Foodborne disease', status: 'accepted', first_signal_at: before(3000), zone: 'Europe/Berlin',
    center: { lat: 52.8, lon: 9.2 }, area: box(7.4, 51.6, 11.2, 53.8), area_words: 'Lower Saxony', exposure: { kind: 'range', min: 7900000, max: 8100000, places: 41 },
    members: [signal('sg-044', 'Weekly cases above the upper bound', 'lab-counts', { rule: 'ears-c2', rule_version: 1, at: before(3000), observed: 61, expected: 33.4, threshold: 55.2, score: 3.1, unit: 'cases/week', series: 'salmonella:NI', area: box(7.4, 51.6, 11.2, 53.8) })],
    levels: [{ area_words: 'Lower Saxony', level: 'minor', likelihood: 'likely', impact: 'low' }],
    story: [{ at: before(3000), words: '61 cases in week 33, upper bound 55.2 (EARS C2)' }],
  }),
  incident('in-0003', 'moderate', {
    title: 'CVE-2017-0144 is being exploited', hazard: 'exploited-vulnerability', hazard_title: 'Exploited vulnerability', status: 'declined', first_signal_at: before(5000), zone: 'UTC',
    area_words: 'whole jurisdiction', members: [{ id: 'ev-002', kind: 'event', title: 'Listed in the catalogue of exploited vulnerabilities', source: 'cisa-kev', rule: 'kev-listed', rule_version: 1, at: before(5000), level: 'moderate', superseded: false }],
    story: [{ at: before(5000), words: 'the entry appeared in the catalogue' }],
  }),
];

const source = (id, kind, title, state, words, last, every, items, findings = []) => ({ id, kind, title, state, words, last_item_at: last, expected_every_s: every, items, findings });

export const sources = () => [
  source('usgs-nwis', 'nwis', 'River gauges, Texas', 'late', 'the last answer came 22 minutes ago; one is expected every 15 minutes', before(22), 900, 18204, [{ at: before(35), words: 'series 08171000:00065 fell silent while above its watch level' }]),
  source('usgs-quakes', 'usgs-quake', 'Earthquakes, world', 'healthy', 'as expected', before(1), 60, 412),
  source('cap-bayou', 'cap-feed', 'Bayou Weather Office', 'healthy', 'as expected', before(6), 300, 96),
  source('cap-hill', 'cap-feed', 'Hill Country Emergency Alliance', 'refused', 'the feed answers 403 for 41 minutes; this says nothing about warnings there', before(41), 300, 12, [{ at: before(41), words: 'refused with status 403 Forbidden' }]),
  source('tsunami', 'cap-feed', 'Pacific tsunami bulletins', 'silent', 'nothing was heard for 3 hours; a bulletin or a heartbeat is expected every hour', before(180), 3600, 7, [{ at: before(120), words: 'silent for longer than twice its cadence' }]),
  source('lab-counts', 'counts', 'Weekly laboratory counts', 'healthy', 'week 33 came on time', before(3000), 604800, 3920),
  source('cisa-kev', 'kev', 'Exploited vulnerabilities', 'healthy', 'as expected', before(200), 86400, 1208),
  source('harris-push', 'push', 'Harris County sensors (pushed)', 'unknown', 'nothing has ever been received', null, 300, 0),
];

/** A hydrograph of four days: rising, with a gap, and silent at the end for the lost gauge. */
export function series(key, hours) {
  const lost = key.startsWith('08171000');
  const counts = key.includes('salmonella');
  const step = counts ? 7 * 86400 : 900;
  const end = RIVER_START / 1000 - (lost ? 81 * 60 : 540);
  const n = counts ? 30 : (hours * 3600) / step;
  const points = Array.from({ length: n }, (_, i) => {
    const back = ((n - 1 - i) * step) / 3600;
    const value = counts ? 30 + 6 * Math.sin(i) + (i === n - 1 ? 28 : 0) : lost ? 6 + 34.2 * Math.exp(-back / 3) : 12 + 17 / (1 + Math.exp((back - 9) / 3.2)) + 0.3 * Math.sin(i / 5);
    return [Math.round(end - (n - 1 - i) * step), !counts && i > n * 0.4 && i < n * 0.43 ? null : Math.round(value * 100) / 100];
  });
  const thresholds = counts ? [{ name: 'upper bound', value: 55.2 }] : lost
    ? [{ name: 'watch', value: 13 }, { name: 'major', value: 26 }]
    : [{ name: 'action', value: 20 }, { name: 'flood', value: 24 }, { name: 'major', value: 28 }];
  return { series: key, unit: counts ? 'cases/week' : 'ft', points, thresholds };
}

const other = (identifier, state, why, fields) => ({
  sender: 'warnings@alfa.example', identifier, sent: before(12), source: 'cap-alfa', item: '0'.repeat(64), received_at: before(11), zone: 'America/Chicago',
  status: 'Actual', msg_type: 'Alert', state, why, references: [], findings: [], judged: null, can: { admit: true, put_aside: true }, why_not: {},
  infos: [{ language: 'en-US', event: 'Flash Flood Warning', headline: 'TEST: Flash flood warning for downtown Houston', urgency: 'Immediate', severity: 'Severe', certainty: 'Likely', expires: after(100), area_words: 'Downtown Houston' }],
  ...fields,
});

export const alertsOfOthers = () => [
  other('ALFA-2026-0105', 'held', 'status Actual, but the text says test or exercise', {}),
  other('ALFA-2026-0107', 'no_effect', 'cap-alfa is not trusted to act for warnings@alfa-relay.example', { msg_type: 'Update', can: {} }),
];
