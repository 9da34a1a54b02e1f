// What is said aloud when the lists have changed: only what an operator must hear without looking.
import { LEVELS } from './levels';
import type { IncidentSummary, OtherAlert } from './types';

/** New incidents, higher levels, and decisions that nobody has taken. Nothing is said at the first reading. */
export function aboutIncidents(before: IncidentSummary[] | null, now: IncidentSummary[]): string[] {
  if (!before) return [];
  const known = new Map(before.map((i) => [i.id, i]));
  return now.flatMap((incident) => {
    const old = known.get(incident.id);
    const words: string[] = [];
    if (!old) words.push(`New incident: ${incident.title}, ${incident.level_word}.`);
    else if ((LEVELS[incident.level]?.rank ?? 0) > (LEVELS[old.level]?.rank ?? 0)) words.push(`${incident.title} is now ${incident.level_word}.`);
    if (isEscalated(incident) && incident.escalations > (old?.escalations ?? 0)) words.push(`Escalated: nobody has decided on ${incident.title}.`);
    return words;
  });
}

/** Alerts that newly wait for an officer. */
export function aboutHeld(before: OtherAlert[] | null, now: OtherAlert[]): string[] {
  if (!before) return [];
  const known = new Set(before.map(alertKey));
  return now.filter((alert) => !known.has(alertKey(alert))).map((alert) => `An alert of ${alert.sender} is held: an officer must look at it.`);
}

/** Undecided beyond its deadline, and told to the next in line. */
export function isEscalated(incident: IncidentSummary): boolean {
  return incident.status === 'open' && incident.escalations > 0;
}

/** A message's name: sender, identifier and sent (CAP 1.2, 3.2.1). */
export function alertKey({ sender, identifier, sent }: OtherAlert): string {
  return JSON.stringify([sender, identifier, sent]);
}
