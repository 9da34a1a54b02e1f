// The development server's stand-in for the CAP reader: enough of it to try the check page.

/** What the check of a document answers; it knows three rules. */
export function check(bytes) {
  const latin = /^<\?xml[^>]*8859-1/.test(bytes.toString('latin1'));
  const text = bytes.toString(latin ? 'latin1' : 'utf8').replace(/^\ufeff/, '');
  const answer = { document: null, messages: [], rejected: [], entries: 0, dropped: 0, error: null };
  if (!/<(\w+:)?alert[\s>]/.test(text)) return { ...answer, error: { words: 'find a CAP alert or feed: the document is no XML with an <alert> in it; check where it came from', line: 1, column: 1 } };
  const alerts = [...text.matchAll(/<alert[\s>][\s\S]*?(<\/alert>|$)/g)];
  answer.document = /<feed/.test(text) ? 'atom' : /<rss/.test(text) ? 'rss' : alerts.length > 1 ? 'list' : 'alert';
  alerts.forEach((found, index) => {
    if (one(found[0], 'identifier')) answer.messages.push(message(text, found, index));
    else answer.rejected.push({ index, ...placeOf(text, found.index), message: '<identifier> is missing; it is mandatory' });
  });
  return answer;
}

function message(text, { 0: xml, index: start }, index) {
  const findings = [];
  const features = [];
  const note = (severity, rule, path, offset, words) => findings.push({ rule, severity, path, ...placeOf(text, start + offset), message: words });
  for (const name of ['sent', 'effective', 'onset', 'expires'])
    for (const found of xml.matchAll(new RegExp(`<${name}>([^<]*)<`, 'g')))
      if (/(Z|\+00:00)$/.test(found[1])) note('error', 'date-utc', name === 'sent' ? '/alert/sent' : `/alert/info[1]/${name}`, found.index, 'UTC is written -00:00 in CAP; the time was read as UTC');
  const infos = [...xml.matchAll(/<info>[\s\S]*?(<\/info>|$)/g)].map((info, i) => {
    if (!one(info[0], 'expires')) note('warning', 'expires-missing', `/alert/info[${i + 1}]`, info.index, 'without <expires> nobody knows when it ends; say until when it holds');
    const areas = [...info[0].matchAll(/<area>[\s\S]*?(<\/area>|$)/g)].map((area, a) => {
      const path = `/alert/info[${i + 1}]/area[${a + 1}]`;
      [...area[0].matchAll(/<polygon>([^<]*)</g)].forEach((polygon, p) => {
        const ring = polygon[1].trim().split(/\s+/).map((pair) => pair.split(',').map(Number).reverse());
        if (String(ring[0]) !== String(ring.at(-1))) {
          note('error', 'polygon-open', `${path}/polygon[${p + 1}]`, info.index + area.index + polygon.index, 'the last position must repeat the first; the ring was closed');
          ring.push(ring[0]);
        }
        features.push({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { info: i + 1, area: a + 1, shape: 'polygon' } });
      });
      const geocodes = [...area[0].matchAll(/<valueName>([^<]*)<\/valueName>\s*<value>([^<]*)</g)].map(([, name, value]) => ({ name, value }));
      const drawn = features.some(({ properties }) => properties.info === i + 1 && properties.area === a + 1);
      return { description: one(area[0], 'areaDesc') ?? '', geocodes, unresolved: drawn ? null : geocodes.map(({ name, value }) => `${name}=${value}`).join(' ') || 'it has neither shape nor code' };
    });
    const [language, event, headline, urgency, severity, certainty, effective, onset, expires, sender_name] = ['language', 'event', 'headline', 'urgency', 'severity', 'certainty', 'effective', 'onset', 'expires', 'senderName'].map((name) => one(info[0], name));
    return { language, event, headline, urgency, severity, certainty, effective, onset, expires, sender_name, areas };
  });
  const [identifier, sender, sent, status, msg_type, scope] = ['identifier', 'sender', 'sent', 'status', 'msgType', 'scope'].map((name) => one(xml, name));
  const strict = !findings.some(({ severity }) => severity === 'error');
  return { index, identifier, version: '1.2', strict, usable: true, conforms: {}, signature: { verdict: /<(\w+:)?Signature[\s>]/.test(xml) ? 'unverifiable' : 'none', reason: '', anchored: false, flags: [], certificate: null }, findings, sender, sent, status, msg_type, scope, infos, geojson: { type: 'FeatureCollection', features } };
}

const one = (xml, name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;

function placeOf(text, offset) {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: [...lines.at(-1)].length + 1 };
}
